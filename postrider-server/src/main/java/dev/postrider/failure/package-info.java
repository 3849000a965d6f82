/**
 * What failures mean in plain words: who must act, what to do, and how the queue treats them, from
 * one versioned file of rules. Values only, safe on any thread; decides nothing about mail itself,
 * opens no connection.
 */
@NullMarked
package dev.postrider.failure;

import org.jspecify.annotations.NullMarked;
