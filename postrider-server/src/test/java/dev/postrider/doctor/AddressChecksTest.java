package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.postrider.provider.ProviderList;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of names, domains and aliases. */
class AddressChecksTest {
  @TempDir Path directory;

  private Installation installation() {
    return new Installation(directory);
  }

  private static String hostName(Installation installation) throws Exception {
    return Installation.said(new HostNameCheck(installation.subject()));
  }

  @Test
  void aNameOfTheNetworkIsWell() throws Exception {
    assertThat(hostName(installation())).startsWith("ok host-name");
  }

  @Test
  void aNameWithoutDomainMattersWhereMailIsSentDirectly() throws Exception {
    assertThat(hostName(installation().main("myhostname = nas", "mydomain = home.test")))
        .startsWith("warning host-name: ")
        .contains("myhostname = nas: it has no domain");
    assertThat(
            hostName(
                installation().main("myhostname = localhost", "relayhost = [smtp.gmail.com]:587")))
        .startsWith("note host-name: ")
        .contains("it is every machine's name");
  }

  private static String destinations(Installation installation) throws Exception {
    return Installation.said(new DestinationCheck(installation.subject(), ProviderList.shipped()));
  }

  @Test
  void theProvidersDomainIsNotOurs() throws Exception {
    assertThat(destinations(installation())).startsWith("ok destinations");
    assertThat(destinations(installation().main("mydestination = localhost, gmail.com")))
        .startsWith("error foreign-domain: ")
        .contains("gmail.com belongs to Gmail", "take gmail.com out of mydestination");
  }

  private String rootMail(String aliases) throws Exception {
    Subject subject = installation().file("aliases", aliases).subject();
    return Installation.said(
        new RootMailCheck(
            subject, Installation.tables(subject), "alice"::equals, directory.resolve("root")));
  }

  @Test
  void mailForRootThatLeavesIsRead() throws Exception {
    assertThat(rootMail("root: me@example.com\npostmaster: root\n"))
        .isEqualTo(
            "ok mail-for-root: mail for root goes to me@example.com | \n"
                + "ok mail-for-postmaster: mail for postmaster goes to me@example.com | \n");
  }

  @Test
  void mailForRootThatStaysWithRootIsNot() throws Exception {
    assertThat(rootMail("postmaster: root\n"))
        .startsWith("warning mail-for-root: ")
        .contains("| echo 'root: you@example.com' >>" + directory + "/aliases")
        .contains("note mail-for-postmaster: ");
  }

  @Test
  void aForwardFileOfRootCounts() throws Exception {
    Files.createDirectories(directory.resolve("root/root"));
    Files.writeString(directory.resolve("root/root/.forward"), "me@example.com\n");

    assertThat(rootMail("postmaster: root\n")).startsWith("ok mail-for-root");
  }

  @Test
  void mailForSomebodyWhoIsNotThereIsReturned() throws Exception {
    assertThat(rootMail("root: alice\n"))
        .contains("ok mail-for-root: mail for root goes to alice")
        .contains(
            "warning mail-for-postmaster: mail for postmaster goes to postmaster, and there is no");
    assertThat(rootMail("root: bob\npostmaster: alice\n"))
        .contains("warning mail-for-root: mail for root goes to bob, and there is no such account");
  }

  private String loops(String aliases) throws Exception {
    Subject subject = installation().file("aliases", aliases).subject();
    return Installation.said(new AliasLoopsCheck(subject, Installation.tables(subject)));
  }

  @Test
  void aliasesThatEndAreWell() throws Exception {
    assertThat(loops("a: b\nb: c\nd: b, c\nroot: root, me@example.com\n"))
        .startsWith("ok aliases: none of 4 aliases");
  }

  @Test
  void aLoopIsShownAsItRuns() throws Exception {
    assertThat(loops("x: a\na: b\nb: c, me@example.com\nc: a\n"))
        .startsWith("error alias-loop: the aliases ")
        .containsAnyOf("a -> b -> c -> a", "b -> c -> a -> b", "c -> a -> b -> c");
  }
}
