package dev.postrider.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;

/** A name server on loopback, by UDP and TCP on one port, with the records it is given. */
public final class NameServer implements AutoCloseable {
  /** How it treats a name that has no plain answer. */
  enum Trouble {
    SERVER_FAILURE,
    SILENCE,
    TRUNCATED_BY_UDP,
    WRONG_ID,
    /** A name that points at itself. */
    COMPRESSION_LOOP
  }

  private final DatagramSocket udp;
  private final ServerSocket tcp;
  private final Map<Name, List<Record>> records = new HashMap<>();
  private final Map<Name, Trouble> troubles = new HashMap<>();

  /** What was asked, {@code udp NAME} or {@code tcp NAME}. */
  final ConcurrentLinkedQueue<String> asked = new ConcurrentLinkedQueue<>();

  NameServer() throws IOException {
    this(0);
  }

  /**
   * Begins to serve.
   *
   * @param port 0 for any
   */
  public NameServer(int port) throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    tcp = new ServerSocket(port, 5, loopback);
    udp = new DatagramSocket(tcp.getLocalPort(), loopback);
    Thread.ofVirtual().start(this::serveUdp);
    Thread.ofVirtual().start(this::serveTcp);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), tcp.getLocalPort());
  }

  /** Whether it vouches for its answers to those who ask for that. */
  volatile boolean vouches;

  /** To be called before anything is asked. */
  public void has(Name name, Record... found) {
    records.put(name, List.of(found));
  }

  /** One more record of its name; to be called before anything is asked. */
  public void adds(Record record) {
    List<Record> all = new java.util.ArrayList<>(records.getOrDefault(record.getName(), List.of()));
    all.add(record);
    records.put(record.getName(), all);
  }

  void has(Name name, Trouble trouble) {
    troubles.put(name, trouble);
  }

  private void serveUdp() {
    byte[] buffer = new byte[4096];
    while (!udp.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        udp.receive(packet);
        byte[] query = java.util.Arrays.copyOf(buffer, packet.getLength());
        byte[] answer = answer(query, "udp");
        if (answer.length > 0) {
          udp.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException _) {
        // Closed, or one that hung up.
      }
    }
  }

  private void serveTcp() {
    while (!tcp.isClosed()) {
      try (Socket client = tcp.accept()) {
        DataInputStream in = new DataInputStream(client.getInputStream());
        byte[] answer = answer(in.readNBytes(in.readUnsignedShort()), "tcp");
        DataOutputStream out = new DataOutputStream(client.getOutputStream());
        out.writeShort(answer.length);
        out.write(answer);
        out.flush();
        // The client hangs up when it is done.
        in.read();
      } catch (IOException _) {
        // Closed, or one that hung up.
      }
    }
  }

  private byte[] answer(byte[] bytes, String protocol) throws IOException {
    Message query = new Message(bytes);
    Record question = query.getQuestion();
    asked.add(protocol + " " + question.getName());
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RD);
    answer.getHeader().setFlag(Flags.RA);
    if (vouches && query.getHeader().getFlag(Flags.AD) && query.getOPT() != null) {
      answer.getHeader().setFlag(Flags.AD);
    }
    answer.addRecord(question, Section.QUESTION);
    Trouble trouble = troubles.get(question.getName());
    if (trouble != null) {
      switch (trouble) {
        case SILENCE -> {
          return new byte[0];
        }
        case SERVER_FAILURE -> {
          answer.getHeader().setRcode(Rcode.SERVFAIL);
          return answer.toWire();
        }
        case COMPRESSION_LOOP -> {
          return withLoop(answer.toWire());
        }
        case WRONG_ID -> answer.getHeader().setID(query.getHeader().getID() ^ 1);
        case TRUNCATED_BY_UDP -> {
          if (protocol.equals("udp")) {
            answer.getHeader().setFlag(Flags.TC);
            return answer.toWire();
          }
        }
      }
    }
    Name name = question.getName();
    boolean exists = false;
    for (int hop = 0; name != null && hop < 20; hop++) {
      Name next = null;
      exists = records.containsKey(name);
      for (Record record : records.getOrDefault(name, List.of())) {
        if (record.getType() == question.getType()) {
          answer.addRecord(record, Section.ANSWER);
        } else if (record instanceof CNAMERecord alias) {
          answer.addRecord(record, Section.ANSWER);
          next = alias.getTarget();
        }
      }
      name = next;
    }
    if (!exists) {
      answer.getHeader().setRcode(Rcode.NXDOMAIN);
    }
    return answer.toWire();
  }

  /** The same with one answer more, whose owner is a pointer to that pointer (RFC 1035 §4.1.4). */
  private static byte[] withLoop(byte[] message) {
    byte[] longer = java.util.Arrays.copyOf(message, message.length + 16);
    longer[7] = 1;
    longer[message.length] = (byte) (0xc0 | message.length >> 8);
    longer[message.length + 1] = (byte) message.length;
    return longer;
  }

  @Override
  public void close() throws IOException {
    udp.close();
    tcp.close();
  }
}
