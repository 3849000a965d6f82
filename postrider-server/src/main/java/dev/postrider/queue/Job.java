package dev.postrider.queue;

/**
 * Some recipients of one message, for one delivery.
 *
 * @param recipients indexes into the envelope's list; not copied, nobody changes it
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not compared
record Job(MessageAttempt attempt, Destination destination, int[] recipients) {}
