package dev.postrider.spool;

/**
 * What a message that came from another queue had behind it when it was stored, as far as the index
 * needs it; its MESSAGE record has the rest. Immutable.
 *
 * @param done how many recipients needed no further attempt
 */
record Beginning(int done, Progress.Standing standing) {}
