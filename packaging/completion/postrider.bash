# Completion of bash for postrider(1).
_postrider() {
  local word=${COMP_WORDS[COMP_CWORD]} words='' files=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='sendmail mail mailq newaliases postfix postconf postmap postalias postqueue postsuper
      postcat postlog queue spool trace explain sieve audit health container try help'
  else
    case ${COMP_WORDS[1]} in
      postfix) words='start start-fg stop abort reload status check flush set-permissions logrotate' ;;
      queue) [ "$COMP_CWORD" -ne 2 ] || words='list shape' ;;
      spool) [ "$COMP_CWORD" -ne 2 ] && files=1 || words='check export import salvage' ;;
      sieve) [ "$COMP_CWORD" -ne 2 ] && files=1 || words='check test' ;;
      postconf) words=$(postconf -d 2>/dev/null | sed 's/ =.*//') ;;
      postmap | postalias | mail) files=1 ;;
    esac
  fi
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ -z "$files" ] || compopt -o default
}
complete -F _postrider postrider
