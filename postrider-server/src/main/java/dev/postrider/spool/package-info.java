/**
 * The durable store of messages: when {@link dev.postrider.spool.Draft#commit} returns, the message
 * survives {@code kill -9} and a power cut. Everything else is written soon, and costs a repetition
 * if it is lost, never a message.
 *
 * <p>The states of a message, and what moves it. Whatever is not in this table cannot happen;
 * {@code SpoolCrashTest} loses power at every disk operation of every row.
 *
 * <pre>
 * state      on disk                           in memory        leaves by
 * ---------  --------------------------------  ---------------  --------------------------------
 * absent     nothing                           nothing          draft() → draft
 * draft      at most an unnamed body file      the draft        close(), crash → absent
 *                                                               commit() → waiting
 * waiting    MESSAGE, forced                   entry            done(last), done → waiting
 *            [+ STATE, DONE, SCHEDULE]                          defer(), schedule(),
 *                                                              expire() → waiting
 *                                                               hold(true) → held
 *                                                               remove() → removed
 *                                                               (one with a past may begin held)
 * held       the same + HOLD                   entry            hold(false) → waiting
 *                                                               done(), defer(), schedule(),
 *                                                              expire() → held
 *                                                               remove() → removed
 * removed    REMOVE, or the MESSAGE's segment  nothing          REMOVE forced, body file deleted,
 *            deleted                                            segment deleted → absent
 * </pre>
 *
 * <p>A crash takes a message back by the records that were not forced: from draft to absent (or to
 * waiting, whole, if its record got to the disk just before), from removed to waiting or held, from
 * done to not done. A commit that failed is cut off the segment, and the next segment's header says
 * where its predecessor ends; only if the disk refuses both, and the machine then stops, can a
 * refused message appear after a restart.
 *
 * <p>What a segment says of a message begins with MESSAGE or STATE, so an older segment is needed
 * only for the messages and latest STATEs in it, and for REMOVE records of messages whose segment
 * is still there. A segment that nobody needs is deleted, and its name's disappearance forced
 * before anything that depended on it goes.
 *
 * <p>A segment that is mostly dead is emptied in the background ({@code Compactor}): a waiting or
 * held message is copied with all that is known of it, MESSAGE and STATE in one segment, and stays
 * in its state; the old place is given up when the copy is forced.
 *
 * <p>A segment that is no longer written is read once more in the background ({@code
 * SegmentKeeper}), which finds damage, and gets a summary ({@code SegmentSummary}), so that the
 * time of a start grows with the messages in the queue and not with their bytes. Summaries are no
 * state: deleting them all changes nothing but that time.
 *
 * <p>Threads: one platform thread writes and owns all accounts ({@code LogWriter}, {@code Log},
 * {@code Appender}, {@code SegmentDirectory}); any thread may read; an {@code Entry} guards itself.
 * The package does not know when a message should be sent, nor what is in it.
 */
@NullMarked
package dev.postrider.spool;

import org.jspecify.annotations.NullMarked;
