package dev.postrider.policy;

import dev.postrider.mail.address.AddressLiteral;
import java.net.InetAddress;

/**
 * What is known of an SMTP client before it says anything. Immutable.
 *
 * @param name its verified host name, or {@code unknown}
 * @param address its address
 * @param port its TCP port; 0 where there is none
 * @param trusted whether it is in mynetworks
 * @param standAlone whether it is a program on standard input, not a network client: it may hand
 *     over mail for anybody, as with sendmail
 */
public record ClientFacts(
    String name, InetAddress address, int port, boolean trusted, boolean standAlone) {
  /** What Postfix calls a client whose name cannot be verified. */
  public static final String UNKNOWN = "unknown";

  /** A program that talks SMTP on its standard output. */
  public static ClientFacts ofProgram() {
    return new ClientFacts("localhost", InetAddress.getLoopbackAddress(), 0, true, true);
  }

  /** {@code name[address]}, as every log line has it. */
  public String nameAndAddress() {
    return name + "[" + printedAddress() + "]";
  }

  /** The address as Postfix prints it: IPv6 compressed, without a scope. */
  public String printedAddress() {
    return AddressLiteral.print(address);
  }
}
