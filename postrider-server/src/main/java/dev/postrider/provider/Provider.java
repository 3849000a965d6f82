package dev.postrider.provider;

import java.util.List;
import java.util.Set;

/**
 * A provider, as the list has it. Immutable.
 *
 * @param id a word, for commands and rules
 * @param name as people call it
 * @param domains of addresses that are surely its own, in lower case
 * @param mxSuffixes how the MX hosts of other domains end that it has the mail of
 * @param servers the best first, never empty
 * @param login what the account's name is
 * @param credentials what opens an account, the best first, never empty
 * @param senders which it takes
 * @param limit what it lets through, in words, or empty
 * @param notes what else somebody who sets it up should know
 */
public record Provider(
    String id,
    String name,
    Set<String> domains,
    List<String> mxSuffixes,
    List<SubmissionServer> servers,
    LoginName login,
    List<CredentialKind> credentials,
    SenderRule senders,
    String limit,
    List<String> notes) {
  public Provider {
    domains = Set.copyOf(domains);
    mxSuffixes = List.copyOf(mxSuffixes);
    servers = List.copyOf(servers);
    credentials = List.copyOf(credentials);
    notes = List.copyOf(notes);
    if (servers.isEmpty() || credentials.isEmpty()) {
      throw new IllegalArgumentException(id + ": no server, or nothing to log in with");
    }
  }
}
