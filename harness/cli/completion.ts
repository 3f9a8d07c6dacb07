import { Argument, Command } from 'commander';
import { printable } from '../files/printable.js';
import { writeOut } from './console.js';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;
type Shell = (typeof SHELLS)[number];

/** What can follow a command: other commands, flags, and the values of flags that take one of a few. */
interface Completed {
  readonly path: readonly string[];
  readonly summary: string;
  readonly words: readonly string[];
  /** Whether it is given folders of detections. */
  readonly takesDetections: boolean;
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
      const { scenarioIds } = await import('../../simulators/load.js');
      writeOut(printable(SCRIPTS[shell](completed(await whole(), scenarioIds()))));
    });
}

function completed(command: Command, scenarios: readonly string[], path: readonly string[] = []): Completed[] {
  const help = command.createHelp();
  const own: Completed = {
    path,
    summary: firstSentence(command.description()),
    words: [
      ...command.commands.map((each) => each.name()),
      ...command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    ],
    takesDetections: command.registeredArguments.some(
      (argument) => argument.name() === 'detection' || String(argument.defaultValue) === 'detections',
    ),
    flags: help
      .visibleOptions(command)
      .map(({ long, short, description, required, optional, argChoices, parseArg }) => ({
        name: long ?? short ?? '',
        summary: firstSentence(description),
        takesValue: required || optional,
        choices: argChoices ?? (long === '--scenario' ? scenarios : namesOf(parseArg)),
      })),
  };
  return [own, ...command.commands.flatMap((each) => completed(each, scenarios, [...path, each.name()]))];
}

/** The names that a list of them may be made of. */
function namesOf(parse: unknown): readonly string[] {
  return typeof parse === 'function' && 'names' in parse && Array.isArray(parse.names) ? parse.names : [];
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
  const taking = commands.filter(({ takesDetections }) => takesDetections).map(({ path }) => quoted(path.join(' ')));
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
  case "$path" in ${taking.join(' | ')})
    case "$current" in -*) ;; *) words="$words $(for each in detections/*/detection.yaml; do [ -e "$each" ] && echo "\${each%/*}"; done)" ;; esac ;;
  esac
  # Of names parted by commas the last is completed.
  local before=''
  case "$values$current" in [!-]*,*) before="\${current%,*},"; current="\${current##*,}" ;; esac
  if [ "$values" = '-' ]; then COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [ -n "$values" ]; then COMPREPLY=($(compgen -P "$before" -W "$values" -- "$current"))
  else COMPREPLY=()
  fi
}
complete -o bashdefault -o default -F _assay assay
`;
}

function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ path, flags, takesDetections }) => {
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
      ...(takesDetections
        ? [
            `complete -c assay -n ${quoted(seen)} -a '(for each in detections/*/detection.yaml; string replace /detection.yaml "" $each; end)'`,
          ]
        : []),
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
  $taking = ${list(commands.filter(({ takesDetections }) => takesDetections).map(({ path }) => path.join(' ')))}
  $typed = @($line.CommandElements | Select-Object -Skip 1 | ForEach-Object { "$_" } | Where-Object { $_ -ne $current })
  $path = ''
  foreach ($word in $typed) {
    $longer = "$path $word".Trim()
    if ($words.ContainsKey($longer)) { $path = $longer } else { break }
  }
  $after = if ($typed.Count -gt 0) { "$path $($typed[-1])" } else { '' }
  $offered = if ($values.ContainsKey($after)) { $values[$after] } else { $words[$path] }
  if ($taking -contains $path) {
    $offered = @($offered) + @(Get-ChildItem -Path detections -Filter detection.yaml -Recurse -Depth 1 -ErrorAction SilentlyContinue | ForEach-Object { "detections/$($_.Directory.Name)" })
  }
  $offered | Where-Object { $_ -like "$current*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}

/** For a POSIX shell and fish alike. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
