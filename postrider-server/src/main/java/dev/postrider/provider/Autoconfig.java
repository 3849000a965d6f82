package dev.postrider.provider;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * Reads what a domain publishes for mail programs ({@code config-v1.1.xml},
 * draft-ietf-mailmaint-autoconfig). Servers without TLS are left out. For one reading.
 */
final class Autoconfig {
  private final String address;
  private final List<SubmissionServer> servers = new ArrayList<>();
  private final Set<CredentialKind.Kind> kinds = new LinkedHashSet<>();
  private LoginName login = new LoginName.Address();
  private String name;

  private Autoconfig(String address) {
    this.address = address;
    this.name = domain();
  }

  /**
   * Reads a document.
   *
   * @return nothing if it names no server that can be used safely
   * @throws XMLStreamException if it is no such document
   */
  static Optional<Provider> read(String xml, String address) throws XMLStreamException {
    return new Autoconfig(address).read(xml);
  }

  private Optional<Provider> read(String xml) throws XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    // It comes from anywhere: nothing in it may make us open a file, ask the network or grow.
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    XMLStreamReader in = factory.createXMLStreamReader(new StringReader(xml));
    boolean known = false;
    while (in.hasNext()) {
      if (in.next() != XMLStreamConstants.START_ELEMENT) {
        continue;
      }
      switch (in.getLocalName()) {
        case "clientConfig" -> known = true;
        case "displayName" -> name = text(in, name);
        case "outgoingServer" -> {
          if ("smtp".equals(in.getAttributeValue(null, "type"))) {
            server(in);
          }
        }
        default -> {}
      }
    }
    if (!known) {
      throw new XMLStreamException("no clientConfig is in it");
    }
    return servers.isEmpty() ? Optional.empty() : Optional.of(provider());
  }

  private void server(XMLStreamReader in) throws XMLStreamException {
    String host = "";
    String port = "";
    String security = "";
    String user = "";
    List<String> ways = new ArrayList<>();
    while (in.hasNext()) {
      int event = in.next();
      if (event == XMLStreamConstants.END_ELEMENT && in.getLocalName().equals("outgoingServer")) {
        break;
      }
      if (event == XMLStreamConstants.START_ELEMENT) {
        switch (in.getLocalName()) {
          case "hostname" -> host = text(in, "");
          case "port" -> port = text(in, "");
          case "socketType" -> security = text(in, "");
          case "username" -> user = text(in, "");
          case "authentication" -> ways.add(text(in, ""));
          default -> {}
        }
      }
    }
    host = host.replace("%EMAILDOMAIN%", domain());
    if (!host.matches("[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?")
        || !port.matches("[1-9][0-9]{0,4}")
        || Integer.parseInt(port) > 65_535) {
      return;
    }
    switch (security) {
      case "SSL" -> add(host, port, SubmissionServer.Security.IMPLICIT, user, ways);
      case "STARTTLS" -> add(host, port, SubmissionServer.Security.STARTTLS, user, ways);
      default -> {
        // In clear: nothing that we would send a password to.
      }
    }
  }

  private void add(
      String host,
      String port,
      SubmissionServer.Security security,
      String user,
      List<String> ways) {
    if (servers.isEmpty() && !user.isEmpty()) {
      login =
          switch (user) {
            case "%EMAILADDRESS%" -> new LoginName.Address();
            case "%EMAILLOCALPART%" -> new LoginName.LocalPart();
            default ->
                user.contains("%")
                    ? new LoginName.Asked("the user name, of the form " + user)
                    : new LoginName.Fixed(user);
          };
    }
    servers.add(new SubmissionServer(host, Integer.parseInt(port), security));
    for (String way : ways) {
      kinds.add(way.equals("OAuth2") ? CredentialKind.Kind.OAUTH : CredentialKind.Kind.PASSWORD);
    }
  }

  private Provider provider() {
    List<CredentialKind> credentials = new ArrayList<>();
    for (CredentialKind.Kind kind :
        kinds.isEmpty() ? Set.of(CredentialKind.Kind.PASSWORD) : kinds) {
      credentials.add(new CredentialKind(kind, "", ""));
    }
    return new Provider(
        "published",
        name,
        Set.of(domain()),
        List.of(),
        servers,
        login,
        credentials,
        // Not said there, and what most have.
        SenderRule.ENVELOPE,
        "",
        List.of());
  }

  private String domain() {
    return address.substring(address.lastIndexOf('@') + 1);
  }

  private static String text(XMLStreamReader in, String otherwise) throws XMLStreamException {
    String text = in.getElementText().strip();
    return text.isEmpty() || text.length() > 255 ? otherwise : text;
  }
}
