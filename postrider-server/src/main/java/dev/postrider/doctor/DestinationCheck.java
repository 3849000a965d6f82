package dev.postrider.doctor;

import dev.postrider.provider.Provider;
import dev.postrider.provider.ProviderList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Whether this machine takes itself for somebody else's domain. */
final class DestinationCheck implements Check {
  private final Subject subject;
  private final ProviderList providers;

  DestinationCheck(Subject subject, ProviderList providers) {
    this.subject = subject;
    this.providers = providers;
  }

  @Override
  public Area area() {
    return Area.ADDRESSES;
  }

  @Override
  public String subject() {
    return "the domains of this machine";
  }

  @Override
  public List<Finding> look() {
    List<Finding> found = new ArrayList<>();
    List<String> destinations = subject.config().list("mydestination");
    for (String parameter :
        List.of("mydestination", "virtual_alias_domains", "virtual_mailbox_domains")) {
      for (String domain : subject.config().list(parameter)) {
        Optional<Provider> provider =
            domain.indexOf(':') < 0 ? providers.ofDomain(domain) : Optional.empty();
        if (provider.isPresent()) {
          found.add(
              Finding.error(
                  "foreign-domain",
                  "%s: %s belongs to %s"
                      .formatted(subject.setting(parameter), domain, provider.get().name()),
                  "mail for everybody's addresses there stays on this machine or is returned",
                  "take " + domain + " out of " + parameter + " in " + subject.main()));
        }
      }
    }
    if (found.isEmpty()) {
      found.add(
          Finding.ok(
              "destinations",
              destinations.isEmpty()
                  ? "no domain ends here"
                  : "mail ends here for " + String.join(", ", destinations)));
    }
    return found;
  }
}
