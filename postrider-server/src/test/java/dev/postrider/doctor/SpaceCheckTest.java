package dev.postrider.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpaceCheckTest {
  @TempDir Path directory;

  private String said(Room room, String... lines) throws Exception {
    return Installation.said(
        new SpaceCheck(new Installation(directory).main(lines).subject(), _ -> room));
  }

  @Test
  void muchRoomIsWell() throws Exception {
    assertThat(said(new Room(50_000_000_000L, 80_000_000_000L, -1)))
        .startsWith("ok disk: 50.0 GB is free of 80.0 GB for " + directory + "/q");
  }

  @Test
  void tooLittleForOneMessageRefusesMail() throws Exception {
    assertThat(said(new Room(15_000_000, 80_000_000_000L, 1_000_000)))
        .startsWith("error disk-full: 15 MB is free")
        .contains("message_size_limit = 10240000");
  }

  @Test
  void whatTheAdministratorWantsFreeCounts() throws Exception {
    assertThat(said(new Room(1_000_000_000, 80_000_000_000L, -1), "queue_minfree = 2000000000"))
        .contains("error disk-full: ", "queue_minfree = 2000000000");
  }

  @Test
  void littleRoomIsToldInTime() throws Exception {
    assertThat(said(new Room(50_000_000, 80_000_000_000L, -1)))
        .startsWith("warning disk-nearly-full");
  }

  @Test
  void withoutInodesNothingCanBeStored() throws Exception {
    assertThat(said(new Room(50_000_000_000L, 80_000_000_000L, 3))).startsWith("error no-inodes");
  }
}
