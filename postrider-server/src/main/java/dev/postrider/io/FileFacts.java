package dev.postrider.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * What the kernel says of a file. Immutable.
 *
 * @param device of its file system
 * @param inode its number in its file system
 * @param uid of its owner
 * @param gid of its group
 * @param mode its kind and permissions, as stat(2) has them
 * @param regular whether it is a file with content, and no FIFO, directory, link …
 * @param links how many names it has
 * @param size in bytes
 * @param modified when its content last changed
 */
public record FileFacts(
    long device,
    long inode,
    long uid,
    long gid,
    int mode,
    boolean regular,
    int links,
    long size,
    Instant modified) {
  private static final int KIND = 0xf000;
  private static final int LINK = 0xa000;
  private static final int CHARACTER_DEVICE = 0x2000;

  /** Of a name; with {@code NOFOLLOW_LINKS} of a symbolic link itself. */
  public static FileFacts of(Path path, LinkOption... options) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(
            path, "unix:dev,ino,uid,gid,mode,nlink,isRegularFile,size,lastModifiedTime", options);
    return new FileFacts(
        number(found, "dev"),
        number(found, "ino"),
        id(found, "uid"),
        id(found, "gid"),
        (int) number(found, "mode"),
        Boolean.TRUE.equals(found.get("isRegularFile")),
        (int) number(found, "nlink"),
        number(found, "size"),
        found.get("lastModifiedTime") instanceof FileTime time ? time.toInstant() : Instant.EPOCH);
  }

  /** Whether it is a symbolic link. */
  public boolean isLink() {
    return (mode & KIND) == LINK;
  }

  /** Whether it is a device such as /dev/null. */
  public boolean isCharacterDevice() {
    return (mode & KIND) == CHARACTER_DEVICE;
  }

  /** Whether both are of the same file, whatever it is called. */
  public boolean isSameFile(FileFacts other) {
    return device == other.device && inode == other.inode;
  }

  private static long id(Map<String, Object> facts, String name) {
    return Integer.toUnsignedLong((int) number(facts, name));
  }

  private static long number(Map<String, Object> facts, String name) {
    return facts.get(name) instanceof Number number ? number.longValue() : -1;
  }
}
