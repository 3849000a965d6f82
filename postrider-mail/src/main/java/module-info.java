/**
 * Mail values and parsers: addresses, replies, envelopes, messages and reports. Pure: no sockets,
 * no files, no clock; every input is untrusted and every parser bounded.
 */
@org.jspecify.annotations.NullMarked
module dev.postrider.mail {
  requires static transitive org.jspecify;

  exports dev.postrider.mail.address;
  exports dev.postrider.mail.dsn;
  exports dev.postrider.mail.envelope;
  exports dev.postrider.mail.message;
  exports dev.postrider.mail.reply;
}
