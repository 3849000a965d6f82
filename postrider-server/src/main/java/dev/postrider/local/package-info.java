/**
 * Delivers mail for this machine's own names: aliases, forward files, lists, commands, files and
 * mailboxes. First a {@link dev.postrider.local.Plan} is made, which is a value and changes
 * nothing; then it is carried out, or only said. Runs on the threads of the queue, one recipient on
 * one; all that needs a recipient's rights is asked of {@link dev.postrider.helper.Helper}. Nothing
 * here opens a mailbox or starts a program itself.
 */
@NullMarked
package dev.postrider.local;

import org.jspecify.annotations.NullMarked;
