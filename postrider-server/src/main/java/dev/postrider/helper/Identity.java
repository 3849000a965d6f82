package dev.postrider.helper;

/**
 * Whose rights are wanted. Immutable.
 *
 * <p>Never root's, but for one thing: root's own mailbox in mail_spool_directory ({@link
 * Append.Kind#SPOOL_MAILBOX}), for which both numbers are root's.
 *
 * @param user the name of a user of this machine, whose groups count too; or empty for nothing but
 *     the two numbers (virtual_uid_maps)
 * @param uid that user's number
 * @param gid that user's own group
 */
public record Identity(String user, long uid, long gid) {}
