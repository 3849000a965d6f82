# Completion of fish for postrider(1).
function __postrider_commands
  # From its own list: what it says can be called.
  postrider help 2>/dev/null | awk '/^  [a-z]/ {
    sub(/^ +/, ""); split($0, columns, / {2,}/); count = split(columns[1], names, /, */)
    for (i = 1; i <= count; i++) { split(names[i], parts, / /); print parts[1] }
  }'
end
complete -c postrider -f -n __fish_use_subcommand -a '(__postrider_commands)'
complete -c postrider -f -n '__fish_seen_subcommand_from postfix' -a 'start start-fg stop abort reload status check flush set-permissions logrotate'
complete -c postrider -f -n '__fish_seen_subcommand_from queue' -a 'list shape'
complete -c postrider -n '__fish_seen_subcommand_from spool' -a 'check export import salvage'
complete -c postrider -n '__fish_seen_subcommand_from sieve' -a 'check test'
complete -c postrider -f -n '__fish_seen_subcommand_from account' -a 'list resume'
