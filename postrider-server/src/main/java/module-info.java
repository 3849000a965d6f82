/** The mail system and its commands. The package order is in {@code docs/architecture.md}. */
@org.jspecify.annotations.NullMarked
module dev.postrider.server {
  requires static transitive org.jspecify;
  requires transitive dev.postrider.mail;
  requires apache.jsieve.core;
  requires java.naming;
  requires java.net.http;
  requires java.sql;
  requires java.xml;
  requires jdk.net;
  requires org.dnsjava;
  requires tools.jackson.core;

  exports dev.postrider.daemon;
}
