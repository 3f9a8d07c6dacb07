import { Argument, Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof SHELLS)[number];

/** What can follow a command: other commands, flags, and the values of flags that take one of a few. */
interface Completed {
  readonly path: readonly string[];
  readonly summary: string;
  readonly words: readonly string[];
  readonly flags: readonly {
    readonly name: string;
    readonly summary: string;
    readonly takesValue: boolean;
    readonly choices: readonly string[];
  }[];
}

/**
 * `assay completion SHELL`: a script that completes commands, flags and their values.
 *
 * @param whole the command line with all of its commands
 */
export function completionCommand(whole: () => Promise<Command>): Command {
  return new Command('completion')
    .description('Prints a script by which a shell completes commands, flags and their values.')
    .addArgument(new Argument('<shell>', 'which').choices(SHELLS))
    .addHelpText('after', '\nExample:\n  assay completion bash >> ~/.bash_completion')
    .action(async (shell: Shell) => {
      process.stdout.write(SCRIPTS[shell](completed(await whole())));
    });
}

function completed(command: Command, path: readonly string[] = []): Completed[] {
  const help = command.createHelp();
  const own: Completed = {
    path,
    summary: firstSentence(command.description()),
    words: command.commands.map((each) => each.name()),
    flags: help.visibleOptions(command).map(({ long, short, description, required, optional, argChoices }) => ({
      name: long ?? short ?? '',
      summary: firstSentence(description),
      takesValue: required || optional,
      choices: argChoices ?? [],
    })),
  };
  return [own, ...command.commands.flatMap((each) => completed(each, [...path, each.name()]))];
}

function firstSentence(text: string): string {
  return /^[^\n.:;]*/.exec(text)?.[0] ?? '';
}

const SCRIPTS: Readonly<Record<Shell, (commands: readonly Completed[]) => string>> = {
  bash: bashScript,
  // zsh runs bash completions.
  zsh: (commands) =>
    `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${bashScript(commands)}`,
  fish: fishScript,
  powershell: powershellScript,
};

function bashScript(commands: readonly Completed[]): string {
  const parents = commands
    .filter(({ path, words }) => path.length === 1 && words.length > 0)
    .map(({ path }) => path[0]);
  const values = commands.flatMap(({ path, flags }) =>
    flags
      .filter(({ takesValue }) => takesValue)
      .map(({ name, choices }) => `    ${quoted([...path, name].join(' '))}) values=${quoted(choices.join(' '))} ;;`),
  );
  const words = commands.map(
    ({ path, words: names, flags }) =>
      `    ${quoted(path.join(' '))}) words=${quoted([...names, ...flags.map(({ name }) => name)].join(' '))} ;;`,
  );
  return `_assay() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local path='' words='' values='-'
  [ "$COMP_CWORD" -gt 1 ] && path="\${COMP_WORDS[1]}"
  case "$path" in ${parents.length === 0 ? "''" : parents.join(' | ')}) [ "$COMP_CWORD" -gt 2 ] && path="$path \${COMP_WORDS[2]}" ;; esac
  case "$path $previous" in
${values.join('\n')}
  esac
  case "$path" in
${words.join('\n')}
  esac
  if [ "$values" = '-' ]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [ -n "$values" ]; then COMPREPLY=($(compgen -W "$values" -- "$current"))
  else COMPREPLY=()
  fi
}
complete -o bashdefault -o default -F _assay assay
`;
}

function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ path, flags }) => {
    const parent = path.slice(0, -1);
    const begins =
      path.length === 0
        ? []
        : [
            `complete -c assay -f -n ${quoted(condition(parent, commands))} -a ${quoted(path.at(-1) ?? '')} -d ${quoted(summaryOf(path, commands))}`,
          ];
    const seen = path.length === 0 ? '__fish_use_subcommand' : condition(path, []);
    return [
      ...begins,
      ...flags.map(({ name, summary, takesValue, choices }) => {
        const value = choices.length > 0 ? ` -x -a ${quoted(choices.join(' '))}` : takesValue ? ' -r' : '';
        return `complete -c assay -n ${quoted(seen)} -l ${quoted(name.replace(/^--/, ''))}${value} -d ${quoted(summary)}`;
      }),
    ];
  });
  return `${lines.join('\n')}\n`;
}

/** Whether the words so far are those of a command, and none of its own commands' yet. */
function condition(path: readonly string[], commands: readonly Completed[]): string {
  if (path.length === 0) return '__fish_use_subcommand';
  const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
  const further = commands.find((each) => each.path.join(' ') === path.join(' '))?.words ?? [];
  return [...seen, ...(further.length === 0 ? [] : [`not __fish_seen_subcommand_from ${further.join(' ')}`])].join(
    '; and ',
  );
}

function summaryOf(path: readonly string[], commands: readonly Completed[]): string {
  return commands.find((each) => each.path.join(' ') === path.join(' '))?.summary ?? '';
}

function powershellScript(commands: readonly Completed[]): string {
  const list = (texts: readonly string[]): string =>
    `@(${texts.map((text) => `'${text.replaceAll("'", "''")}'`).join(', ')})`;
  const words = commands.map(
    ({ path, words: names, flags }) =>
      `    '${path.join(' ')}' = ${list([...names, ...flags.map(({ name }) => name)])}`,
  );
  const values = commands.flatMap(({ path, flags }) =>
    flags
      .filter(({ choices }) => choices.length > 0)
      .map(({ name, choices }) => `    '${[...path, name].join(' ')}' = ${list(choices)}`),
  );
  return `Register-ArgumentCompleter -Native -CommandName assay -ScriptBlock {
  param($current, $line, $position)
  $words = @{
${words.join('\n')}
  }
  $values = @{
${values.join('\n')}
  }
  $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } | Where-Object { $_ -ne $current })
  $path = ''
  foreach ($word in $typed) {
    $longer = "$path $word".Trim()
    if ($words.ContainsKey($longer)) { $path = $longer } else { break }
  }
  $after = if ($typed.Count -gt 0) { "$path $($typed[-1])" } else { '' }
  $offered = if ($values.ContainsKey($after)) { $values[$after] } else { $words[$path] }
  $offered | Where-Object { $_ -like "$current*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}

/** For a POSIX shell and fish alike. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
