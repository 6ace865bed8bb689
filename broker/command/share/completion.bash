# bash completion for dragoman. Options are asked of `dragoman COMMAND --help`, so that they cannot be out of date.

_dragoman_options() { "$1" ${2:+"$2"} --help 2>/dev/null | sed -n 's/^  \(-[^ ]*\).*/\1/p' | tr , '\n' | sort -u; }

_dragoman_commands() { "$@" --help 2>/dev/null | sed -n '/^Subcommands:/I,/^$/s/^  \([a-z][a-z-]*\).*/\1/p'; }

# The names and choices of a game's parameters, from its dragoman.toml: `difficulty=EASY`, or `score=` where there are none.
_dragoman_params() {
    awk '
        function flush(    i, n, list) {
            if (param == "") return
            n = split(choices, list, ",")
            if (n == 0) print param "="
            for (i = 1; i <= n; i++) print param "=" list[i]
        }
        /^\[/ { flush(); param = ""; choices = "" }
        /^\[params\./ { param = $0; gsub(/^\[params\.|\].*$/, "", param) }
        /^choices *=/ && param != "" { choices = $0; sub(/^[^[]*\[/, "", choices); sub(/\].*$/, "", choices); gsub(/[" ]/, "", choices) }
        END { flush() }
    ' "$1/dragoman.toml" 2>/dev/null
}

# The first word after the sub-command that is no option: the game's folder.
_dragoman_game() {
    local i
    for ((i = 2; i < COMP_CWORD; i++)); do
        if [ -f "${COMP_WORDS[i]}/dragoman.toml" ]; then
            printf '%s\n' "${COMP_WORDS[i]}"
            return
        fi
    done
}

_dragoman_folders() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$1"); }
_dragoman_files() { compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$1"); }

_dragoman() {
    local program=$1 word=$2 previous=$3 command=
    [ "$COMP_CWORD" -le 1 ] || command=${COMP_WORDS[1]}

    # bash takes `name=value` apart at the `=`
    if [ "$previous" = = ] || [ "$word" = = ]; then
        local name=${COMP_WORDS[COMP_CWORD - 2]} value=$word
        [ "$word" != = ] || { name=$previous value=; }
        mapfile -t COMPREPLY < <(compgen -W "$(_dragoman_params "$(_dragoman_game)" | sed -n "s/^$name=//p")" -- "$value")
        return
    fi
    if [ -z "$command" ]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_dragoman_commands "$program") $(_dragoman_options "$program")" -- "$word")
        return
    fi
    case $previous in
        -i | --input | --scenes | --cast | --svg | --control | --socket) _dragoman_files "$word"; return ;;
        --game) _dragoman_folders "$word"; return ;;
        --draw | --color) mapfile -t COMPREPLY < <(compgen -W "auto always never" -- "$word"); return ;;
        --sandbox) mapfile -t COMPREPLY < <(compgen -W "auto strict off bubblewrap cage landlock" -- "$word"); return ;;
        --role) mapfile -t COMPREPLY < <(compgen -W "player game" -- "$word"); return ;;
        --param)
            compopt -o nospace
            mapfile -t COMPREPLY < <(compgen -W "$(_dragoman_params "$(_dragoman_game)")" -- "$word")
            return ;;
        --*timeout | --*-total | --*-per-tick | --memory | --scratch | --threads | --processes | --open-files | --fps | -f | --rounds | --ticks | --seed | --init | --probation | --keep-versions | --shadow | --run | --seat) COMPREPLY=(); return ;;
    esac
    case $command,$word in
        *,-*) mapfile -t COMPREPLY < <(compgen -W "$(_dragoman_options "$program" "$command")" -- "$word") ;;
        new,*)
            if [ "$COMP_CWORD" = 2 ]; then
                mapfile -t COMPREPLY < <(compgen -W "$("$program" languages --json 2>/dev/null | grep -oE '"name": *"[^"]+"' | cut -d'"' -f4)" -- "$word")
            else
                _dragoman_files "$word"
            fi ;;
        run,*) _dragoman_folders "$word" ;;
        ctl,*) mapfile -t COMPREPLY < <(compgen -W "$(_dragoman_commands "$program" ctl)" -- "$word") ;;
        languages,* | doctor,*) COMPREPLY=() ;;
        *) _dragoman_files "$word" ;;
    esac
}

complete -F _dragoman dragoman
