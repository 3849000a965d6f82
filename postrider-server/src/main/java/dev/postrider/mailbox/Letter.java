package dev.postrider.mailbox;

/**
 * Where one message of a mailbox was when it was read in: an index entry, so that a mailbox of any
 * size fits in memory. Immutable.
 *
 * @param name the name of its file without flags in a maildir; empty in an mbox
 * @param offset of its separator line in an mbox, in octets; 0 in a maildir
 * @param size octets, with the separator line and the empty line that follows in an mbox
 * @param lines likewise; -1 where that is not known without reading the message (a maildir)
 * @param head octets of the separator line with its line end; 0 in a maildir
 * @param mark a checksum of the separator line, by which a change by others is noticed
 * @param status as it was
 */
public record Letter(
    String name, long offset, long size, int lines, int head, int mark, ReadStatus status) {}
