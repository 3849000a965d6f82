package dev.postrider.cli;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A letter while it is written. For one thread, but for {@link #body()}. */
final class MailDraft {
  String subject = "";
  String from = "";
  final List<String> to = new ArrayList<>();
  final List<String> cc = new ArrayList<>();
  final List<String> bcc = new ArrayList<>();

  /** Further header fields, {@code Name: value} each. */
  final List<String> fields = new ArrayList<>();

  final List<Path> attachments = new ArrayList<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  void append(byte[] bytes) {
    body.writeBytes(bytes);
  }

  void line(String text) {
    body.writeBytes((text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  void replace(byte[] bytes) {
    body.reset();
    body.writeBytes(bytes);
  }

  /** Safe on any thread: an interrupt saves it while its writer still waits for a line. */
  byte[] body() {
    return body.toByteArray();
  }

  /** Everyone, as operands of sendmail: each may be a list. */
  List<String> recipients() {
    List<String> all = new ArrayList<>(to);
    all.addAll(cc);
    all.addAll(bcc);
    return all;
  }
}
