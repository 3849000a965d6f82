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
 * @param inode its number in its file system
 * @param uid of its owner
 * @param regular whether it is a file with content, and no FIFO, directory, link …
 * @param links how many names it has
 * @param size in bytes
 * @param modified when its content last changed
 */
public record FileFacts(
    long inode, long uid, boolean regular, int links, long size, Instant modified) {
  /** Of a name; with {@code NOFOLLOW_LINKS} of a symbolic link itself. */
  public static FileFacts of(Path path, LinkOption... options) throws IOException {
    Map<String, Object> found =
        Files.readAttributes(
            path, "unix:ino,uid,nlink,isRegularFile,size,lastModifiedTime", options);
    return new FileFacts(
        number(found, "ino"),
        number(found, "uid"),
        Boolean.TRUE.equals(found.get("isRegularFile")),
        (int) number(found, "nlink"),
        number(found, "size"),
        found.get("lastModifiedTime") instanceof FileTime time ? time.toInstant() : Instant.EPOCH);
  }

  private static long number(Map<String, Object> facts, String name) {
    return facts.get(name) instanceof Number number ? number.longValue() : -1;
  }
}
