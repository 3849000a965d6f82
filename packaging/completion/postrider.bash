# Completion of bash for postrider(1).
_postrider() {
  local word=${COMP_WORDS[COMP_CWORD]} words='' files=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    # From its own list: what it says can be called.
    words=$("${COMP_WORDS[0]}" help 2>/dev/null | awk '/^  [a-z]/ {
      sub(/^ +/, ""); split($0, columns, / {2,}/); count = split(columns[1], names, /, */)
      for (i = 1; i <= count; i++) { split(names[i], parts, / /); print parts[1] }
    }')
  else
    case ${COMP_WORDS[1]} in
      postfix) words='start start-fg stop abort reload status check flush set-permissions logrotate' ;;
      queue) [ "$COMP_CWORD" -ne 2 ] || words='list shape' ;;
      doctor) words='-c --all --json --fix --offline' ;;
      status) words='-c --json' ;;
      spool) [ "$COMP_CWORD" -ne 2 ] && files=1 || words='check export import salvage' ;;
      sieve) [ "$COMP_CWORD" -ne 2 ] && files=1 || words='check test' ;;
      import) [ "$COMP_CWORD" -ne 2 ] && files=1 || words='postfix msmtp nullmailer dma ssmtp exim-smarthost queue' ;;
      secret) [ "$COMP_CWORD" -ne 2 ] && files=1 || words='set list test rm' ;;
      setup) words='--provider --server --login --region --source --oauth --device --browser --client-id --client-secret --port --authorize-url --token-url --device-url --scope --replace --beside --for-sender --for-recipient --for-user --direct --probe-host --address --root-to --no-root --test-to --no-test --no-network --dry-run --undo --anyway --providers' ;;
      login) words='--device --browser --list --forget --provider --client-id --client-secret' ;;
      account) [ "$COMP_CWORD" -ne 2 ] || words='list resume' ;;
      postconf) words=$("${COMP_WORDS[0]}" postconf -d 2>/dev/null | sed 's/ =.*//') ;;
      *) files=1 ;;
    esac
  fi
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  [ -z "$files" ] || compopt -o default 2>/dev/null
}
complete -F _postrider postrider
