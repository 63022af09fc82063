function __lettercount_should_offer_completions_for_flags_or_options -a expected_commands
    set -l non_repeating_flags_or_options $argv[2..]
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __lettercount_parse_tokens
    test "$commands" = "$expected_commands"; and return $non_repeating_flags_or_options_absent
end

function __lettercount_should_offer_completions_for_positional -a expected_commands positional_index_comparison expected_positional_index
    set -l non_repeating_flags_or_options
    set -l non_repeating_flags_or_options_absent 0
    set -l positional_index 0
    set -l commands
    __lettercount_parse_tokens
    test "$commands" = "$expected_commands" -a \( "$positional_index" "$positional_index_comparison" "$expected_positional_index" \)
end

function __lettercount_parse_tokens -S
    set -l unparsed_tokens (__lettercount_tokens -pc)
    switch $unparsed_tokens[1]
    case 'lettercount'
        __lettercount_parse_subcommand 0 'version' 'h/help'
        switch $unparsed_tokens[1]
        case 'count'
            __lettercount_parse_subcommand -r 1 'include=+' 'exclude=+' '0/null' 'rfc-base=' 'timeout=' 'retries=' 'max-bytes=' 'm/model=' 'w/workers=' 'connections=' 'start-method=' 'sync=' 'ipc=' 'grain=' 'text=' 'f/format=' 'o/output=' 'progress' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'compare'
            __lettercount_parse_subcommand -r 1 'include=+' 'exclude=+' '0/null' 'rfc-base=' 'timeout=' 'retries=' 'max-bytes=' 'm/model=+' 'w/workers=' 'runs=' 'passes=' 'grain=' 'text=' 'f/format=' 'o/output=' 'report=' 'q/quiet' 'workload=+' 'delay=' 'within=' 'trace=' 'version' 'h/help'
        case 'scale'
            __lettercount_parse_subcommand -r 1 'include=+' 'exclude=+' '0/null' 'rfc-base=' 'timeout=' 'retries=' 'max-bytes=' 'm/model=+' 'w/workers=' 'runs=' 'passes=' 'grain=' 'text=' 'f/format=' 'o/output=' 'report=' 'q/quiet' 'version' 'h/help'
        case 'serve'
            __lettercount_parse_subcommand 1 'p/port=' 'delay=' 'fail=' 'version' 'h/help'
        case 'worker'
            __lettercount_parse_subcommand -r 1 'include=+' 'exclude=+' '0/null' 'rfc-base=' 'timeout=' 'retries=' 'max-bytes=' 'shard=' 'batch=' 'input=' 'keep-going' 'm/model=' 'w/workers=' 'connections=' 'text=' 'v/verbose' 'version' 'h/help'
        case 'merge'
            __lettercount_parse_subcommand -r 1 'weight=+' 'documents=' 'allow-missing' 'f/format=' 'o/output=' 'version' 'h/help'
        case 'spark'
            __lettercount_parse_subcommand -r 1 'include=+' 'exclude=+' '0/null' 'rfc-base=' 'timeout=' 'retries=' 'max-bytes=' 'master=' 'spark-home=' 'binary=' 'conf=+' 'tasks=' 'split' 'keep-going' 'connections=' 'text=' 'f/format=' 'o/output=' 'q/quiet' 'v/verbose' 'version' 'h/help'
        case 'slurm'
            __lettercount_parse_subcommand -r 1 'include=+' 'exclude=+' '0/null' 'rfc-base=' 'timeout=' 'retries=' 'max-bytes=' 'into=' 'shards=' 'cpus=' 'sbatch=+' 'binary=' 'keep-going' 'text=' 'version' 'h/help'
        case 'help'
            __lettercount_parse_subcommand -r 1 'version'
        end
    end
end

function __lettercount_tokens
    if test (string split -m 1 -f 1 -- . "$FISH_VERSION") -gt 3
        commandline --tokens-raw $argv
    else
        commandline -o $argv
    end
end

function __lettercount_parse_subcommand -S -a positional_count
    argparse -s r -- $argv
    set -l option_specs $argv[2..]
    set -l is_repeating_positional $_flag_r
    set -el _flag_r
    set -a commands $unparsed_tokens[1]
    set positional_index 0
    while true
        set -e unparsed_tokens[1]
        argparse -sn "$commands" $option_specs -- $unparsed_tokens 2> /dev/null
        set unparsed_tokens $argv
        set positional_index (math $positional_index + 1)
        for non_repeating_flag_or_option in $non_repeating_flags_or_options
            if set -ql "_flag_$(string replace -a - _ -- $non_repeating_flag_or_option)"
                set non_repeating_flags_or_options_absent 1
                break
            end
        end
        test (count $unparsed_tokens) -eq 0 -o \( -z "$is_repeating_positional" -a "$positional_index" -gt "$positional_count" \) && break
    end
end

function __lettercount_complete_directories
    set -l token (commandline -t)
    string match -- '*/' $token
    set -l subdirs $token*/
    printf %s\n $subdirs
end

function __lettercount_custom_completion
    set -x SAP_SHELL fish
    set -x SAP_SHELL_VERSION $FISH_VERSION
    set -l tokens (__lettercount_tokens -p)
    if test -z "$(__lettercount_tokens -t)"
        set -l index (count (__lettercount_tokens -pc))
        set tokens $tokens[..$index] \'\' $tokens[(math $index + 1)..]
    end
    command $tokens[1] $argv $tokens
end

complete -c 'lettercount' -f
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'count' -d 'Count the letters of documents, one after the other, with threads, or with processes.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'compare' -d 'Compare the models side by side: time, memory, and the updates that were lost.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'scale' -d 'Measure how the time changes with the workers and with the amount of work.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'serve' -d 'Serve documents on this machine, to try lettercount without a network.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'worker' -d 'Count a part of the documents, on any machine, and write one line for lettercount merge.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'merge' -d 'Add what workers have counted, in any order and number.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'spark' -d 'Count on a cluster of Apache Spark, and report as count does.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'slurm' -d 'Write the job array that counts on a cluster of Slurm, and the job that merges.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_positional "lettercount" -eq 1' -fa 'help' -d 'Show subcommand help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count"' -l 'include' -d 'Take only those files of a folder that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count"' -l 'exclude' -d 'Leave out those files and folders that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" 0 null' -s '0' -l 'null' -d 'Lists (@list, @-) have a zero byte behind each source.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" rfc-base' -l 'rfc-base' -d 'Where rfcN.txt lies for rfc: sources (default: $LETTERCOUNT_RFC_BASE, or the RFC editor\'s site).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" timeout' -l 'timeout' -d 'Time limit for one answer of a web server.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" retries' -l 'retries' -d 'How often a document is tried again after a passing failure or a worker\'s death.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" max-bytes' -l 'max-bytes' -d 'Refuse larger documents (default: 1 GiB from the web, no limit for files).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" m model' -l 'model' -s 'm' -d 'Who counts.' -rfka 'sequential tasks threads processes'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" w workers' -l 'workers' -s 'w' -d 'How many count at a time (default: the usable processors; with URLs 32 at most, but processes read several at a time).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" connections' -l 'connections' -d 'How many URLs are read at a time, by all workers together (default: as many as workers; with processes 32).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" start-method' -l 'start-method' -d 'How processes begin (default: forkserver).' -rfka 'fork spawn forkserver'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" sync' -l 'sync' -d 'What keeps workers with one table from undoing each other\'s updates (default: sharded).' -rfka 'none mutex atomic sharded'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" ipc' -l 'ipc' -d 'How the counts of processes come together (default: messages, shared-memory for one table).' -rfka 'messages shared-memory'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" grain' -l 'grain' -d 'How much is counted before a table is updated (default: letter for one table, else document).' -rfka 'letter block document'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" text' -l 'text' -d 'What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.' -rfka 'letters python-repr'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" f format' -l 'format' -s 'f' -d 'How the result is written.' -rfka 'table json csv markdown'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" o output' -l 'output' -s 'o' -d 'Write the result to a file, whole or not at all.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" progress' -l 'progress' -d 'Show what each worker is doing, on a terminal.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" q quiet' -l 'quiet' -s 'q' -d 'No progress and no notes: only what could not be counted.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" v verbose' -l 'verbose' -s 'v' -d 'Tell what is used, and each document with its size.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount count" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare"' -l 'include' -d 'Take only those files of a folder that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare"' -l 'exclude' -d 'Leave out those files and folders that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" 0 null' -s '0' -l 'null' -d 'Lists (@list, @-) have a zero byte behind each source.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" rfc-base' -l 'rfc-base' -d 'Where rfcN.txt lies for rfc: sources (default: $LETTERCOUNT_RFC_BASE, or the RFC editor\'s site).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" timeout' -l 'timeout' -d 'Time limit for one answer of a web server.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" retries' -l 'retries' -d 'How often a document is tried again after a passing failure or a worker\'s death.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" max-bytes' -l 'max-bytes' -d 'Refuse larger documents (default: 1 GiB from the web, no limit for files).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare"' -l 'model' -s 'm' -d 'Only models with this name or beginning, as processes/fork; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" w workers' -l 'workers' -s 'w' -d 'How many workers (default: by the workload).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" runs' -l 'runs' -d 'How many measured runs of each (default: what fits into the time).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" passes' -l 'passes' -d 'How often each document in memory is counted (default: by the speed of this machine).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" grain' -l 'grain' -d 'How much is counted before a table is updated.' -rfka 'letter block document'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" text' -l 'text' -d 'What is a letter, as for count.' -rfka 'letters python-repr'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" f format' -l 'format' -s 'f' -d 'How the result is written.' -rfka 'table json csv markdown'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" o output' -l 'output' -s 'o' -d 'Write the result to a file, anew after each run.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" report' -l 'report' -d 'Write a page with pictures, for a browser.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" q quiet' -l 'quiet' -s 'q' -d 'No progress and no warnings.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare"' -l 'workload' -d 'Only this workload; may be repeated.' -rfka 'waiting computing'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" delay' -l 'delay' -d 'How long the server of the waiting workload waits.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" within' -l 'within' -d 'How long it should take, unless --runs says how often.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" trace' -l 'trace' -d 'Write the timeline of the workers, for Perfetto or Chrome.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount compare" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale"' -l 'include' -d 'Take only those files of a folder that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale"' -l 'exclude' -d 'Leave out those files and folders that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" 0 null' -s '0' -l 'null' -d 'Lists (@list, @-) have a zero byte behind each source.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" rfc-base' -l 'rfc-base' -d 'Where rfcN.txt lies for rfc: sources (default: $LETTERCOUNT_RFC_BASE, or the RFC editor\'s site).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" timeout' -l 'timeout' -d 'Time limit for one answer of a web server.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" retries' -l 'retries' -d 'How often a document is tried again after a passing failure or a worker\'s death.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" max-bytes' -l 'max-bytes' -d 'Refuse larger documents (default: 1 GiB from the web, no limit for files).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale"' -l 'model' -s 'm' -d 'Only models with this name or beginning, as processes/fork; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" w workers' -l 'workers' -s 'w' -d 'How many workers (default: by the workload).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" runs' -l 'runs' -d 'How many measured runs of each (default: what fits into the time).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" passes' -l 'passes' -d 'How often each document in memory is counted (default: by the speed of this machine).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" grain' -l 'grain' -d 'How much is counted before a table is updated.' -rfka 'letter block document'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" text' -l 'text' -d 'What is a letter, as for count.' -rfka 'letters python-repr'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" f format' -l 'format' -s 'f' -d 'How the result is written.' -rfka 'table json csv markdown'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" o output' -l 'output' -s 'o' -d 'Write the result to a file, anew after each run.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" report' -l 'report' -d 'Write a page with pictures, for a browser.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" q quiet' -l 'quiet' -s 'q' -d 'No progress and no warnings.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount scale" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount serve" p port' -l 'port' -s 'p' -d 'The port, 0 for any free one.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount serve" delay' -l 'delay' -d 'Hold every answer back for so long.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount serve" fail' -l 'fail' -d 'Answer so many requests of a hundred with 503.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount serve" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount serve" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker"' -l 'include' -d 'Take only those files of a folder that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker"' -l 'exclude' -d 'Leave out those files and folders that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" 0 null' -s '0' -l 'null' -d 'Lists (@list, @-) have a zero byte behind each source.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" rfc-base' -l 'rfc-base' -d 'Where rfcN.txt lies for rfc: sources (default: $LETTERCOUNT_RFC_BASE, or the RFC editor\'s site).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" timeout' -l 'timeout' -d 'Time limit for one answer of a web server.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" retries' -l 'retries' -d 'How often a document is tried again after a passing failure or a worker\'s death.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" max-bytes' -l 'max-bytes' -d 'Refuse larger documents (default: 1 GiB from the web, no limit for files).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" shard' -l 'shard' -d 'Count only part I of N, from 1/N to N/N, or the part that a job array says.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" batch' -l 'batch' -d 'The batch\'s name (default: made of the documents\' names).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" input' -l 'input' -d 'What comes by standard input: a list of sources; documents, each as two netstrings with its name and its bytes; or parts of documents, likewise, which are not counted as documents.' -rfka 'list documents parts'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" keep-going' -l 'keep-going' -d 'Write what could not be counted into the line, and end with 0.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" m model' -l 'model' -s 'm' -d 'Who counts.' -rfka 'sequential tasks threads processes'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" w workers' -l 'workers' -s 'w' -d 'How many count at a time (default: the usable processors; with URLs 32 at most).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" connections' -l 'connections' -d 'How many URLs are read at a time, by all workers together.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" text' -l 'text' -d 'What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.' -rfka 'letters python-repr'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" v verbose' -l 'verbose' -s 'v' -d 'Tell what is used, and each document with its size.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount worker" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount merge"' -l 'weight' -d 'Mix by shares instead of adding counts: so many parts of this file; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount merge" documents' -l 'documents' -d 'Refuse unless so many documents are there, failed ones among them.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount merge" allow-missing' -l 'allow-missing' -d 'Report what is there, though shards are missing.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount merge" f format' -l 'format' -s 'f' -d 'How the result is written; ndjson is a line to be merged again.' -rfka 'table json csv markdown ndjson'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount merge" o output' -l 'output' -s 'o' -d 'Write the result to a file, whole or not at all.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount merge" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount merge" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark"' -l 'include' -d 'Take only those files of a folder that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark"' -l 'exclude' -d 'Leave out those files and folders that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" 0 null' -s '0' -l 'null' -d 'Lists (@list, @-) have a zero byte behind each source.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" rfc-base' -l 'rfc-base' -d 'Where rfcN.txt lies for rfc: sources (default: $LETTERCOUNT_RFC_BASE, or the RFC editor\'s site).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" timeout' -l 'timeout' -d 'Time limit for one answer of a web server.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" retries' -l 'retries' -d 'How often a document is tried again after a passing failure or a worker\'s death.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" max-bytes' -l 'max-bytes' -d 'Refuse larger documents (default: 1 GiB from the web, no limit for files).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" master' -l 'master' -d 'Which Spark: spark://host:7077, yarn, k8s://…, local[4], ….' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" spark-home' -l 'spark-home' -d 'Where Spark is (default: $SPARK_HOME, or spark-submit on the PATH).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" binary' -l 'binary' -d 'The lettercount that the machines run (default: this program).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark"' -l 'conf' -d 'A setting of Spark; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" tasks' -l 'tasks' -d 'Into how many parts the documents are divided (default: one for each hundred, more than 100 only with a thousand in each).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" split' -l 'split' -d 'Let Spark read line by line: for large and for compressed files. Bytes are then about right only.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" keep-going' -l 'keep-going' -d 'Report what could not be counted, and count the others.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" connections' -l 'connections' -d 'How many URLs each task reads at a time.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" text' -l 'text' -d 'What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.' -rfka 'letters python-repr'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" f format' -l 'format' -s 'f' -d 'How the result is written.' -rfka 'table json csv markdown'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" o output' -l 'output' -s 'o' -d 'Write the result to a file, whole or not at all.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" q quiet' -l 'quiet' -s 'q' -d 'No notes.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" v verbose' -l 'verbose' -s 'v' -d 'Show what Spark says.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount spark" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm"' -l 'include' -d 'Take only those files of a folder that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm"' -l 'exclude' -d 'Leave out those files and folders that match; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" 0 null' -s '0' -l 'null' -d 'Lists (@list, @-) have a zero byte behind each source.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" rfc-base' -l 'rfc-base' -d 'Where rfcN.txt lies for rfc: sources (default: $LETTERCOUNT_RFC_BASE, or the RFC editor\'s site).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" timeout' -l 'timeout' -d 'Time limit for one answer of a web server.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" retries' -l 'retries' -d 'How often a document is tried again after a passing failure or a worker\'s death.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" max-bytes' -l 'max-bytes' -d 'Refuse larger documents (default: 1 GiB from the web, no limit for files).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" into' -l 'into' -d 'The folder to be made.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" shards' -l 'shards' -d 'How many jobs the array has (default: one for each hundred documents, 1000 at most).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" cpus' -l 'cpus' -d 'How many processors each job gets.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm"' -l 'sbatch' -d 'An option of sbatch for all jobs; may be repeated.' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" binary' -l 'binary' -d 'The lettercount that the machines run (default: this program).' -rfka ''
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" keep-going' -l 'keep-going' -d 'Report what could not be counted, and count the others.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" text' -l 'text' -d 'What is a letter: the bytes A-Z and a-z, or those of what Python prints for a bytes object.' -rfka 'letters python-repr'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" version' -l 'version' -d 'Show the version.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount slurm" h help' -s 'h' -l 'help' -d 'Show help information.'
complete -c 'lettercount' -n '__lettercount_should_offer_completions_for_flags_or_options "lettercount help" version' -l 'version' -d 'Show the version.'
