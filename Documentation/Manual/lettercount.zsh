#compdef lettercount

__lettercount_complete() {
    local -ar non_empty_completions=("${@:#(|:*)}")
    local -ar empty_completions=("${(M)@:#(|:*)}")
    _describe -V '' non_empty_completions -- empty_completions -P $'\'\''
}

__lettercount_custom_complete() {
    local -a completions
    completions=("${(@f)"$("${command_name}" "${@}" "${command_line[@]}")"}")
    if [[ "${#completions[@]}" -gt 1 ]]; then
        __lettercount_complete "${completions[@]:0:-1}"
    fi
}

__lettercount_cursor_index_in_current_word() {
    if [[ -z "${QIPREFIX}${IPREFIX}${PREFIX}" ]]; then
        printf 0
    else
        printf %s "${#${(z)LBUFFER}[-1]}"
    fi
}

_lettercount() {
    emulate -RL zsh -G
    setopt extendedglob nullglob numericglobsort
    unsetopt aliases banghist

    local -xr SAP_SHELL=zsh
    local -x SAP_SHELL_VERSION
    SAP_SHELL_VERSION="$(builtin emulate zsh -c 'printf %s "${ZSH_VERSION}"')"
    local -r SAP_SHELL_VERSION

    local context state state_descr line
    local -A opt_args

    local -r command_name="${words[1]}"
    local -ar command_line=("${words[@]}")
    local -ir current_word_index="$((CURRENT - 1))"

    local -i ret=1
    local -ar arg_specs=(
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
        '(-): :->command'
        '(-)*:: :->arg'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0
    case "${state}" in
    command)
        local -ar subcommands=(
            'count:Count the letters of documents, one after the other, with threads, or with processes.'
            'compare:Compare the models side by side: time, memory, and the updates that were lost.'
            'scale:Measure how the time changes with the workers and with the amount of work.'
            'serve:Serve documents on this machine, to try lettercount without a network.'
            'worker:Count a part of the documents, on any machine, and write one line for lettercount merge.'
            'merge:Add what workers have counted, in any order and number.'
            'spark:Count on a cluster of Apache Spark, and report as count does.'
            'slurm:Write the job array that counts on a cluster of Slurm, and the job that merges.'
            'help:Show subcommand help information.'
        )
        _describe -V subcommand subcommands && ret=0
        ;;
    arg)
        case "${words[1]}" in
        count|compare|scale|serve|worker|merge|spark|slurm|help)
            "_lettercount_${words[1]}" && ret=0
            ;;
        esac
        ;;
    esac

    return "${ret}"
}

_lettercount_count() {
    local -i ret=1
    local -ar ___model=('sequential' 'tasks' 'threads' 'processes')
    local -ar ___start_method=('fork' 'spawn' 'forkserver')
    local -ar ___sync=('none' 'mutex' 'atomic' 'sharded')
    local -ar ___ipc=('messages' 'shared-memory')
    local -ar ___grain=('letter' 'block' 'document')
    local -ar ___text=('letters' 'python-repr')
    local -ar ___format=('table' 'json' 'csv' 'markdown')
    local -ar arg_specs=(
        '*:source:'
        '*--include[Take only those files of a folder that match; may be repeated.]:glob:'
        '*--exclude[Leave out those files and folders that match; may be repeated.]:glob:'
        '(-0 --null)'{-0,--null}'[Lists (@list, @-) have a zero byte behind each source.]'
        '--rfc-base[Where rfcN.txt lies for rfc\: sources (default\: $LETTERCOUNT_RFC_BASE, or the RFC editor'\''s site).]:url:'
        '--timeout[Time limit for one answer of a web server.]:seconds:'
        '--retries[How often a document is tried again after a passing failure or a worker'\''s death.]:retries:'
        '--max-bytes[Refuse larger documents (default\: 1 GiB from the web, no limit for files).]:bytes:'
        '(--model -m)'{--model,-m}'[Who counts.]:model:{__lettercount_complete "${___model[@]}"}'
        '(--workers -w)'{--workers,-w}'[How many count at a time (default\: the usable processors; with URLs 32 at most, but processes read several at a time).]:workers:'
        '--connections[How many URLs are read at a time, by all workers together (default\: as many as workers; with processes 32).]:n:'
        '--start-method[How processes begin (default\: forkserver).]:start-method:{__lettercount_complete "${___start_method[@]}"}'
        '--sync[What keeps workers with one table from undoing each other'\''s updates (default\: sharded).]:sync:{__lettercount_complete "${___sync[@]}"}'
        '--ipc[How the counts of processes come together (default\: messages, shared-memory for one table).]:ipc:{__lettercount_complete "${___ipc[@]}"}'
        '--grain[How much is counted before a table is updated (default\: letter for one table, else document).]:grain:{__lettercount_complete "${___grain[@]}"}'
        '--text[What is a letter\: the bytes A-Z and a-z, or those of what Python prints for a bytes object.]:text:{__lettercount_complete "${___text[@]}"}'
        '(--format -f)'{--format,-f}'[How the result is written.]:format:{__lettercount_complete "${___format[@]}"}'
        '(--output -o)'{--output,-o}'[Write the result to a file, whole or not at all.]:file:'
        '--progress[Show what each worker is doing, on a terminal.]'
        '(--quiet -q)'{--quiet,-q}'[No progress and no notes\: only what could not be counted.]'
        '(--verbose -v)'{--verbose,-v}'[Tell what is used, and each document with its size.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_compare() {
    local -i ret=1
    local -ar ___grain=('letter' 'block' 'document')
    local -ar ___text=('letters' 'python-repr')
    local -ar ___format=('table' 'json' 'csv' 'markdown')
    local -ar ___workload=('waiting' 'computing')
    local -ar arg_specs=(
        '*:source:'
        '*--include[Take only those files of a folder that match; may be repeated.]:glob:'
        '*--exclude[Leave out those files and folders that match; may be repeated.]:glob:'
        '(-0 --null)'{-0,--null}'[Lists (@list, @-) have a zero byte behind each source.]'
        '--rfc-base[Where rfcN.txt lies for rfc\: sources (default\: $LETTERCOUNT_RFC_BASE, or the RFC editor'\''s site).]:url:'
        '--timeout[Time limit for one answer of a web server.]:seconds:'
        '--retries[How often a document is tried again after a passing failure or a worker'\''s death.]:retries:'
        '--max-bytes[Refuse larger documents (default\: 1 GiB from the web, no limit for files).]:bytes:'
        '*'{--model,-m}'[Only models with this name or beginning, as processes/fork; may be repeated.]:model:'
        '(--workers -w)'{--workers,-w}'[How many workers (default\: by the workload).]:workers:'
        '--runs[How many measured runs of each (default\: what fits into the time).]:runs:'
        '--passes[How often each document in memory is counted (default\: by the speed of this machine).]:passes:'
        '--grain[How much is counted before a table is updated.]:grain:{__lettercount_complete "${___grain[@]}"}'
        '--text[What is a letter, as for count.]:text:{__lettercount_complete "${___text[@]}"}'
        '(--format -f)'{--format,-f}'[How the result is written.]:format:{__lettercount_complete "${___format[@]}"}'
        '(--output -o)'{--output,-o}'[Write the result to a file, anew after each run.]:file:'
        '--report[Write a page with pictures, for a browser.]:file.html:'
        '(--quiet -q)'{--quiet,-q}'[No progress and no warnings.]'
        '*--workload[Only this workload; may be repeated.]:workload:{__lettercount_complete "${___workload[@]}"}'
        '--delay[How long the server of the waiting workload waits.]:milliseconds:'
        '--within[How long it should take, unless --runs says how often.]:seconds:'
        '--trace[Write the timeline of the workers, for Perfetto or Chrome.]:file.json:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_scale() {
    local -i ret=1
    local -ar ___grain=('letter' 'block' 'document')
    local -ar ___text=('letters' 'python-repr')
    local -ar ___format=('table' 'json' 'csv' 'markdown')
    local -ar arg_specs=(
        '*:source:'
        '*--include[Take only those files of a folder that match; may be repeated.]:glob:'
        '*--exclude[Leave out those files and folders that match; may be repeated.]:glob:'
        '(-0 --null)'{-0,--null}'[Lists (@list, @-) have a zero byte behind each source.]'
        '--rfc-base[Where rfcN.txt lies for rfc\: sources (default\: $LETTERCOUNT_RFC_BASE, or the RFC editor'\''s site).]:url:'
        '--timeout[Time limit for one answer of a web server.]:seconds:'
        '--retries[How often a document is tried again after a passing failure or a worker'\''s death.]:retries:'
        '--max-bytes[Refuse larger documents (default\: 1 GiB from the web, no limit for files).]:bytes:'
        '*'{--model,-m}'[Only models with this name or beginning, as processes/fork; may be repeated.]:model:'
        '(--workers -w)'{--workers,-w}'[How many workers (default\: by the workload).]:workers:'
        '--runs[How many measured runs of each (default\: what fits into the time).]:runs:'
        '--passes[How often each document in memory is counted (default\: by the speed of this machine).]:passes:'
        '--grain[How much is counted before a table is updated.]:grain:{__lettercount_complete "${___grain[@]}"}'
        '--text[What is a letter, as for count.]:text:{__lettercount_complete "${___text[@]}"}'
        '(--format -f)'{--format,-f}'[How the result is written.]:format:{__lettercount_complete "${___format[@]}"}'
        '(--output -o)'{--output,-o}'[Write the result to a file, anew after each run.]:file:'
        '--report[Write a page with pictures, for a browser.]:file.html:'
        '(--quiet -q)'{--quiet,-q}'[No progress and no warnings.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_serve() {
    local -i ret=1
    local -ar arg_specs=(
        ':folder:'
        '(--port -p)'{--port,-p}'[The port, 0 for any free one.]:port:'
        '--delay[Hold every answer back for so long.]:milliseconds:'
        '--fail[Answer so many requests of a hundred with 503.]:percent:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_worker() {
    local -i ret=1
    local -ar ___input=('list' 'documents' 'parts')
    local -ar ___model=('sequential' 'tasks' 'threads' 'processes')
    local -ar ___text=('letters' 'python-repr')
    local -ar arg_specs=(
        '*:source:'
        '*--include[Take only those files of a folder that match; may be repeated.]:glob:'
        '*--exclude[Leave out those files and folders that match; may be repeated.]:glob:'
        '(-0 --null)'{-0,--null}'[Lists (@list, @-) have a zero byte behind each source.]'
        '--rfc-base[Where rfcN.txt lies for rfc\: sources (default\: $LETTERCOUNT_RFC_BASE, or the RFC editor'\''s site).]:url:'
        '--timeout[Time limit for one answer of a web server.]:seconds:'
        '--retries[How often a document is tried again after a passing failure or a worker'\''s death.]:retries:'
        '--max-bytes[Refuse larger documents (default\: 1 GiB from the web, no limit for files).]:bytes:'
        '--shard[Count only part I of N, from 1/N to N/N, or the part that a job array says.]:i/n|auto:'
        '--batch[The batch'\''s name (default\: made of the documents'\'' names).]:name:'
        '--input[What comes by standard input\: a list of sources; documents, each as two netstrings with its name and its bytes; or parts of documents, likewise, which are not counted as documents.]:kind:{__lettercount_complete "${___input[@]}"}'
        '--keep-going[Write what could not be counted into the line, and end with 0.]'
        '(--model -m)'{--model,-m}'[Who counts.]:model:{__lettercount_complete "${___model[@]}"}'
        '(--workers -w)'{--workers,-w}'[How many count at a time (default\: the usable processors; with URLs 32 at most).]:workers:'
        '--connections[How many URLs are read at a time, by all workers together.]:n:'
        '--text[What is a letter\: the bytes A-Z and a-z, or those of what Python prints for a bytes object.]:text:{__lettercount_complete "${___text[@]}"}'
        '(--verbose -v)'{--verbose,-v}'[Tell what is used, and each document with its size.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_merge() {
    local -i ret=1
    local -ar ___format=('table' 'json' 'csv' 'markdown' 'ndjson')
    local -ar arg_specs=(
        '*:file:'
        '*--weight[Mix by shares instead of adding counts\: so many parts of this file; may be repeated.]:parts\:file:'
        '--documents[Refuse unless so many documents are there, failed ones among them.]:n:'
        '--allow-missing[Report what is there, though shards are missing.]'
        '(--format -f)'{--format,-f}'[How the result is written; ndjson is a line to be merged again.]:format:{__lettercount_complete "${___format[@]}"}'
        '(--output -o)'{--output,-o}'[Write the result to a file, whole or not at all.]:file:'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_spark() {
    local -i ret=1
    local -ar ___text=('letters' 'python-repr')
    local -ar ___format=('table' 'json' 'csv' 'markdown')
    local -ar arg_specs=(
        '*:source:'
        '*--include[Take only those files of a folder that match; may be repeated.]:glob:'
        '*--exclude[Leave out those files and folders that match; may be repeated.]:glob:'
        '(-0 --null)'{-0,--null}'[Lists (@list, @-) have a zero byte behind each source.]'
        '--rfc-base[Where rfcN.txt lies for rfc\: sources (default\: $LETTERCOUNT_RFC_BASE, or the RFC editor'\''s site).]:url:'
        '--timeout[Time limit for one answer of a web server.]:seconds:'
        '--retries[How often a document is tried again after a passing failure or a worker'\''s death.]:retries:'
        '--max-bytes[Refuse larger documents (default\: 1 GiB from the web, no limit for files).]:bytes:'
        '--master[Which Spark\: spark\://host\:7077, yarn, k8s\://…, local\[4\], ….]:url:'
        '--spark-home[Where Spark is (default\: $SPARK_HOME, or spark-submit on the PATH).]:folder:'
        '--binary[The lettercount that the machines run (default\: this program).]:file:'
        '*--conf[A setting of Spark; may be repeated.]:key=value:'
        '--tasks[Into how many parts the documents are divided (default\: one for each hundred, more than 100 only with a thousand in each).]:n:'
        '--split[Let Spark read line by line\: for large and for compressed files. Bytes are then about right only.]'
        '--keep-going[Report what could not be counted, and count the others.]'
        '--connections[How many URLs each task reads at a time.]:n:'
        '--text[What is a letter\: the bytes A-Z and a-z, or those of what Python prints for a bytes object.]:text:{__lettercount_complete "${___text[@]}"}'
        '(--format -f)'{--format,-f}'[How the result is written.]:format:{__lettercount_complete "${___format[@]}"}'
        '(--output -o)'{--output,-o}'[Write the result to a file, whole or not at all.]:file:'
        '(--quiet -q)'{--quiet,-q}'[No notes.]'
        '(--verbose -v)'{--verbose,-v}'[Show what Spark says.]'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_slurm() {
    local -i ret=1
    local -ar ___text=('letters' 'python-repr')
    local -ar arg_specs=(
        '*:source:'
        '*--include[Take only those files of a folder that match; may be repeated.]:glob:'
        '*--exclude[Leave out those files and folders that match; may be repeated.]:glob:'
        '(-0 --null)'{-0,--null}'[Lists (@list, @-) have a zero byte behind each source.]'
        '--rfc-base[Where rfcN.txt lies for rfc\: sources (default\: $LETTERCOUNT_RFC_BASE, or the RFC editor'\''s site).]:url:'
        '--timeout[Time limit for one answer of a web server.]:seconds:'
        '--retries[How often a document is tried again after a passing failure or a worker'\''s death.]:retries:'
        '--max-bytes[Refuse larger documents (default\: 1 GiB from the web, no limit for files).]:bytes:'
        '--into[The folder to be made.]:folder:'
        '--shards[How many jobs the array has (default\: one for each hundred documents, 1000 at most).]:n:'
        '--cpus[How many processors each job gets.]:n:'
        '*--sbatch[An option of sbatch for all jobs; may be repeated.]:option:'
        '--binary[The lettercount that the machines run (default\: this program).]:file:'
        '--keep-going[Report what could not be counted, and count the others.]'
        '--text[What is a letter\: the bytes A-Z and a-z, or those of what Python prints for a bytes object.]:text:{__lettercount_complete "${___text[@]}"}'
        '--version[Show the version.]'
        '(-h --help)'{-h,--help}'[Show help information.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

_lettercount_help() {
    local -i ret=1
    local -ar arg_specs=(
        '*:subcommands:'
        '--version[Show the version.]'
    )
    _arguments -w -s -S : "${arg_specs[@]}" && ret=0

    return "${ret}"
}

if [[ "${funcstack[1]}" = _lettercount ]]; then
    _lettercount "${@}"
else
    compdef _lettercount lettercount
fi
