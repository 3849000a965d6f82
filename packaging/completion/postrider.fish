# Completion of fish for postrider(1).
function __postrider_commands
  # From its own list: what it says can be called.
  postrider help 2>/dev/null | awk '/^  [a-z]/ {
    sub(/^ +/, ""); split($0, columns, / {2,}/); count = split(columns[1], names, /, */)
    for (i = 1; i <= count; i++) { split(names[i], parts, / /); print parts[1] }
  }'
end
function __postrider_is -d 'Whether that command is being written'
  set -l words (commandline -opc)
  test (count $words) -ge 2; and test $words[2] = $argv[1]
end
function __postrider_at -d 'The same, right behind its name'
  test (count (commandline -opc)) -eq 2; and __postrider_is $argv[1]
end
complete -c postrider -f -n __fish_use_subcommand -a '(__postrider_commands)'
complete -c postrider -f -n '__postrider_is postfix' -a 'start start-fg stop abort reload status check flush set-permissions logrotate'
complete -c postrider -f -n '__postrider_is postconf' -a '(postrider postconf -d 2>/dev/null | string replace -r " =.*" "")'
complete -c postrider -f -n '__postrider_at queue' -a 'list shape'
complete -c postrider -f -n '__postrider_is doctor' -a '-c --all --json --fix --offline'
complete -c postrider -f -n '__postrider_is status' -a '-c --json'
complete -c postrider -f -n '__postrider_at spool' -a 'check export import salvage'
complete -c postrider -f -n '__postrider_at sieve' -a 'check test'
complete -c postrider -f -n '__postrider_at import' -a 'postfix msmtp nullmailer dma ssmtp exim-smarthost queue'
complete -c postrider -f -n '__postrider_at secret' -a 'set list test rm'
complete -c postrider -f -n '__postrider_is login' -a '--device --browser --list --forget --provider --client-id --client-secret'
complete -c postrider -f -n '__postrider_is setup' -a '--provider --server --login --region --source --oauth --device --browser --client-id --client-secret --port --authorize-url --token-url --device-url --scope --replace --beside --for-sender --for-recipient --for-user --direct --probe-host --address --root-to --no-root --test-to --no-test --no-network --dry-run --undo --anyway --providers'
complete -c postrider -f -n '__postrider_at account' -a 'list resume'
