package dev.postrider.io;

import java.nio.file.Path;

/**
 * A user of this machine. Immutable.
 *
 * @param name as the machine spells it
 * @param uid the user's number
 * @param gid the user's own group
 * @param home may not exist
 * @param line the entry as passwd(5) has it
 */
public record Account(String name, long uid, long gid, Path home, String line) {}
