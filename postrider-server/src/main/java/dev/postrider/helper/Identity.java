package dev.postrider.helper;

/**
 * Whose rights are wanted. Never root's. Immutable.
 *
 * @param user the name of a user of this machine, whose groups count too; or empty for nothing but
 *     the two numbers (virtual_uid_maps)
 * @param uid that user's number, not 0
 * @param gid that user's own group, not 0
 */
public record Identity(String user, long uid, long gid) {}
