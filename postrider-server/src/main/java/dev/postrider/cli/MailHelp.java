package dev.postrider.cli;

/** What {@code ?} prints. */
final class MailHelp {
  static final String TEXT =
      """
      next (ENTER)            show the next message       + and -  one on, one back
      print, type  list       show messages               Print    with all header fields
      from list, headers, z   lines of messages, a screenful, the next (z-: the one before)
      top list, size list     the first lines; lines and octets
      delete, undelete list   delete; take it back        dp       delete, show the next
      reply, Reply list       answer all; only who wrote  mail user  write a letter
      save, copy list file    add messages to a file (save: and remove them at the end)
      write list file         add only the text; attachments become files beside it
      pipe list "command"     give messages to a command  ! command  run one
      preserve, mbox list     keep in the mailbox; move to mbox at the end
      unread, touch list      mark as not read, as read   edit, visual list
      folder file             go to another mailbox (% yours, & mbox, # the last, +name)
      inc                     look for new mail           set, unset, alias, ignore, retain
      quit, exit              end; end and change nothing

      A list: 1 3-5 $ * . + - ^  :n new :o old :r read :u unread :d deleted  /subject  sender\
      """;

  private MailHelp() {}
}
