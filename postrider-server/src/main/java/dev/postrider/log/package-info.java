/**
 * The mail log: lines in Postfix's format to a file, the system's log or a test. Any thread may
 * log; nothing here blocks on the message path. Never logs content or secrets; control bytes are
 * escaped here, once, for everybody.
 */
@NullMarked
package dev.postrider.log;

import org.jspecify.annotations.NullMarked;
