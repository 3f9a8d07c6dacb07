/** Random queries over the tables `T` and `U` that mostly bind. */
import { aggregates } from '../../harness/kql/aggregates/index.js';
import { plugins } from '../../harness/kql/bind/plugins/index.js';
import { windowFunctions } from '../../harness/kql/bind/windows.js';
import { scalarFunctions, scalarOperators } from '../../harness/kql/functions/index.js';
import type { Random } from './random.js';
import { NUMBERS, ODD_TEXTS, quoted } from './tokens.js';

export const FUNCTIONS = [...scalarFunctions.keys()];
export const AGGREGATES = [...aggregates.keys()];
export const WINDOWS = [...windowFunctions.keys()];
export const PLUGINS = [...plugins.keys()];
export const BINARY = [...scalarOperators.keys()].filter((name) => !/^unary|between/.test(name));

const split = (text: string): readonly string[] =>
  text
    .split(/ ; |\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '');

const TYPES = split('bool ; int ; long ; real ; decimal ; string ; datetime ; timespan ; guid ; dynamic');
const KINDS = split(
  'inner ; innerunique ; leftouter ; rightouter ; fullouter ; leftsemi ; rightsemi ; leftanti ; rightanti',
);
/** Columns that every row of a random query keeps, until its last operator. */
const COLUMNS = split('k ; s ; n ; i ; r ; t ; w ; b ; d ; g');

/** Values by the letter of their type: string, long, real, datetime, timespan, bool, dynamic. */
const LEAVES: Readonly<Record<string, readonly string[]>> = {
  S: split('k ; s ; s ; "" ; "a" ; tostring(g)'),
  N: split('n ; i ; 0 ; 1 ; -1 ; 9223372036854775807 ; int(2147483647) ; long(null) ; -9223372036854775808 ; 64'),
  R: split('r ; 0.5 ; real(nan) ; real(+inf) ; -1e308 ; real(null) ; todouble(n)'),
  T: split(`t ; now() ; ago(1d) ; datetime(2026-03-01) ; datetime(0001-01-01) ; datetime(null)
    datetime(9999-12-31 23:59:59.9999999)`),
  W: split('w ; 1d ; 1h ; 0s ; 100ns ; -1d ; 10675199d ; time(null) ; timespan(1.02:03:04) ; 1tick'),
  B: split('b ; true ; isnull(n) ; bool(null)'),
  D: split('d ; d ; dynamic([1, "a", null]) ; dynamic({"a": {"b": [1]}}) ; dynamic(null) ; parse_json(s)'),
};

/** Expressions by the letter of their type; `$S` stands for one of type string, `$q` for a literal of odd text. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  S: split(`
    strcat($S, $S) ; substring($S, $N, $N) ; tolower($S) ; toupper($S) ; trim($q, $S) ; trim_start(@"\\s+", $S)
    replace_string($S, $q, $q) ; replace_regex($S, $q, $q) ; extract($q, 1, $S) ; tostring($D) ; tostring($T)
    tostring($R) ; iff($B, $S, $S) ; case($B, $S, $B, $S, $S) ; format_datetime($T, $q)
    format_timespan($W, $q) ; base64_encode_tostring($S) ; base64_decode_tostring($S) ; url_decode($S)
    url_encode($S) ; strrep($S, 3, $q) ; hash_sha256($S) ; reverse($S) ; coalesce($S, $S)
    strcat_delim($q, $S, $N) ; tostring(split($S, $q)[0]) ; tostring($D.a) ; format_ipv4($S, 24)
    parse_path($S).Filename ; strcat_array($D, $q) ; translate($q, $q, $S) ; max_of($S, $S)
    tostring(bag_keys($D)) ; toscalar(U | summarize max(k)) ; extractjson($q, $S) ; gettype($D)`),
  N: split(`
    ($N + $N) ; ($N - $N) ; ($N * $N) ; ($N / $N) ; ($N % $N) ; -($N) ; strlen($S) ; tolong($S) ; toint($R)
    tolong($D) ; array_length($D) ; bin($N, $N) ; iff($B, $N, $N) ; datetime_diff("minute", $T, $T)
    dayofyear($T) ; indexof($S, $q) ; countof($S, $q) ; hash($S) ; hash($D, 100) ; coalesce($N, $N)
    binary_and($N, $N) ; binary_shift_left($N, $N) ; abs($N) ; sign($N) ; min_of($N, $N) ; toint($S)
    bitset_count_ones($N) ; ipv4_compare($S, $S) ; parse_ipv4($S)
    unixtime_seconds_todatetime($N) between ($T .. $T) ; toscalar(T | count) ; getmonth($T) ; $D[0]`),
  R: split(`
    ($R + $N) ; ($R * $R) ; ($N / $R) ; $R % $R ; todouble($S) ; toreal($D) ; round($R, $N) ; log($R) ; exp($R)
    pow($R, $R) ; sqrt($R) ; bin($R, $R) ; floor($R, 0.1) ; iff($B, $R, $R) ; $W / $W ; atan2($R, $R)
    geo_distance_2points($R, $R, $R, $R) ; array_sum($D) ; todecimal($S)`),
  T: split(`
    ($T + $W) ; ($T - $W) ; bin($T, $W) ; startofday($T) ; endofmonth($T, $N) ; todatetime($S) ; todatetime($D)
    datetime_add("month", $N, $T) ; make_datetime($N, $N, $N) ; unixtime_milliseconds_todatetime($N)
    iff($B, $T, $T) ; ago($W) ; datetime_utc_to_local($T, "Europe/Vienna") ; max_of($T, $T)`),
  W: split(`
    ($W + $W) ; ($T - $T) ; ($W * $N) ; totimespan($S) ; bin($W, $W) ; iff($B, $W, $W) ; -($W) ; abs($W)
    make_timespan($N, $N)`),
  B: split(`
    $S == $S ; $S != $q ; $N > $N ; $R <= $R ; $T < $T ; $W >= $W ; $S has $q ; $S contains $S
    $S startswith $q ; $S matches regex $q ; $S hasprefix $S ; $S in ($q, $q) ; $N !in ($N, $N)
    $S has_any ($q, $q) ; $S in~ ((U | project k)) ; not($B) ; $B and $B ; $B or $B ; isempty($S)
    isnotnull($N) ; $N between ($N .. $N) ; $T between ($T .. $W) ; isnan($R) ; tobool($S) ; ipv4_is_private($S)
    ipv4_is_in_range($S, $q) ; has_any_ipv4($S, $q) ; $S =~ $S ; $D == $S ; array_index_of($D, $S) >= 0
    set_has_element($D, $S) ; bag_has_key($D, $q) ; $S has_all ($D) ; isascii($S)
    k in (T | where n > 1 | project k)`),
  D: split(`
    parse_json($S) ; todynamic($S) ; $D.a ; $D[$N] ; $D[$q] ; split($S, $q) ; bag_pack("a", $S, $q, $N)
    pack_array($S, $N, $D) ; array_concat($D, $D) ; array_slice($D, $N, $N) ; array_sort_asc($D)
    set_union($D, $D) ; bag_merge($D, $D) ; bag_remove_keys($D, $D) ; extract_all($q, $S) ; parse_url($S)
    parse_urlquery($S) ; parse_path($S) ; parse_xml($S) ; parse_csv($S) ; parse_command_line($S, "windows")
    range($N, $N, 1) ; repeat($S, 3) ; iff($B, $D, $D) ; pack_all() ; treepath($D) ; zip($D, $D)
    series_add($D, $D) ; series_fill_linear($D) ; array_iff($D, $D, $D) ; jaccard_index($D, $D)
    bag_zip($D, $D) ; array_split($D, $N) ; array_rotate_left($D, $N) ; parse_user_agent($S, "os")
    series_stats_dynamic($D) ; geo_point_to_s2cell($R, $R) ; todynamic(tostring($D))`),
};

/** Operators that keep the columns of `T`. `$F` stands for an aggregate, `$U` for a table, `$O` for an operator. */
const OPERATORS =
  split(`where $B ; where $B ; where $B ; where $X ; extend x = $A ; extend x = $A, y = $A ; extend k = $S, n = $N ; extend $A, $X
  sort by $C asc ; sort by $C desc, $C ; order by $N desc nulls first ; top 3 by $A ; take 5 ; sample 2 ; as Base ; serialize x = $V ; serialize
  project x = $A, k, s, n, i, r, t, w, b, d, g ; summarize x = $F by k, s, n, i, r, t, w, b, g, d = tostring(d) | extend d = parse_json(d)
  summarize take_any(*) by k ; summarize arg_max($A, *) by n ; distinct * ; union $U ; union kind=inner $U ; union withsource=src T
  join kind=$K $U on k ; join kind=$K $U on $left.k == $right.k, n ; join (U) on n ; lookup (U | distinct k, m) on k
  mv-expand x = $D ; mv-expand x = $D to typeof($Y) ; mv-expand with_itemindex=p x = $D, y = $D limit 3 ; mv-apply x = $D on ($O)
  mv-apply x = $D to typeof(string) on (summarize y = make_set(x)) ; partition by k (top 2 by n) ; partition hint.strategy=native by s ($O)
  parse s with * $q x: $Y $q * ; parse kind=relaxed s with x: long $q y ; parse-where kind=regex s with $q x ; parse-kv s as (a: string, x: $Y)
  project-away x* ; project-reorder d, * asc ; search $q ; where * has $q ; evaluate bag_unpack(d, "p_") | extend d = dynamic({})
  evaluate ipv4_lookup(U, s, k) ; evaluate rows_near($B, 1) ; invoke f()`);

/** Operators that may end a query. */
const ENDS =
  split(`count ; getschema ; distinct k, d ; distinct $A ; summarize $F, $F ; summarize $F, $F by k ; summarize x = $F by bin(t, $W), $A
  summarize $F by $A ; make-series x = $F default=0 on t from ago(7d) to now() step 1d by k ; make-series $F on n from 0 to 10 step $N
  make-series $F on t step $W ; top-nested 2 of k by $F, top-nested 1 of s by $F ; evaluate pivot(k, sum(n), i) ; evaluate narrow()
  project $A, $A, $X ; project x = $V, $A ; project-keep *k*, n ; project-rename z = k ; reduce by s ; fork (count) (take 1) ; top-hitters 2 of k
  sample-distinct 2 of k ; evaluate $P($A, $A) ; sort by $C | extend x = $V ; scan declare (x: long = 0) with (step a: $B => x = a.x + $N;)
  sort by t asc | scan with_match_id=m with (step a: $B; step z: $B and k == a.k;) ; top $E by $A ; take $E ; render table ; consume
  find in (T, U) where k == $q ; facet by k ; getschema | where ColumnName has $q`);

const WINDOW_CALLS =
  split(`prev($A) ; next($A, 2, $A) ; row_number() ; row_number(1, $B) ; row_cumsum($N) ; row_cumsum($R, $B) ; row_rank_dense($A)
  row_rank_min(k, $B) ; row_window_session(t, 1h, 5m, $B) ; prev(n) + next(n)`);

const AGGREGATE_CALLS =
  split(`count() ; sum($N) ; sum($R) ; sum($W) ; avg($A) ; max($A) ; min($A) ; dcount($A) ; make_set($A) ; make_list($A, 2)
  make_bag($D) ; arg_max($A, $A) ; arg_min(t, *) ; take_any($A) ; countif($B) ; sumif($N, $B) ; stdev($N) ; variance($R) ; percentile($N, 50)
  percentiles($R, 5, 95) ; make_set_if($A, $B) ; count_distinct($A) ; dcountif($A, $B) ; make_list($D) ; binary_all_or($N) ; round(avg($R), 1) + $E
  make_list_with_nulls($A) ; buildschema($D) ; percentilew($N, $N, 50) ; covariance($R, $R) ; max($T) - min($T)`);

export class Grammar {
  constructor(private readonly random: Random) {}

  query(): string {
    const lets = this.random.many(0, 2, () => this.declaration());
    return [...lets, this.table(2)].join(this.random.chance(2) ? ';\n' : '; ');
  }

  expression(depth: number): string {
    return this.random.chance(16) ? this.wild(depth) : this.typed(this.random.pick([...'SSSNNNRTWBD']), depth);
  }

  private typed(letter: string, depth: number): string {
    const { random } = this;
    const leaves = LEAVES[letter] ?? ['k'];
    if (depth > 0 && !random.chance(4)) return this.filled(random.pick(TEMPLATES[letter] ?? leaves), depth - 1);
    return letter === 'S' && random.chance(3) ? quoted(random, random.pick(ODD_TEXTS)) : random.pick(leaves);
  }

  /** A template with each letter replaced by what it stands for. */
  private filled(template: string, depth: number): string {
    return template.replace(/\$([A-Zq])(?![a-z])/g, (_, letter: string) => this.part(letter, depth));
  }

  private part(letter: string, depth: number): string {
    const { random } = this;
    switch (letter) {
      case 'A':
        return this.expression(depth);
      case 'C':
        return random.pick(COLUMNS);
      case 'E':
        return random.pick(NUMBERS);
      case 'F':
        return random.chance(8)
          ? `${random.pick(AGGREGATES)}(${this.some(depth)})`
          : this.filled(random.pick(AGGREGATE_CALLS), depth);
      case 'K':
        return random.pick(KINDS);
      case 'O':
        return this.operator(0);
      case 'P':
        return random.pick(PLUGINS);
      case 'U':
        return depth > 0 && random.chance(2)
          ? `(${this.table(depth - 1)})`
          : random.pick(['(U)', '(T)', '(U | where m > 0)']);
      case 'V':
        return this.filled(random.pick(WINDOW_CALLS), depth);
      case 'Y':
        return random.pick(TYPES);
      case 'X':
        return this.wild(depth);
      case 'q':
        return quoted(random, random.pick(ODD_TEXTS));
      default:
        return this.typed(letter, depth);
    }
  }

  /** Any function over anything. */
  private wild(depth: number): string {
    const { random } = this;
    switch (random.below(6)) {
      case 0:
        return `${this.expression(depth)} ${random.pick(BINARY)} ${this.expression(depth)}`;
      case 1:
        return `${this.expression(depth)} ${random.pick(BINARY)} (${this.some(depth)})`;
      case 2:
        return `${random.pick(WINDOWS)}(${this.some(depth)})`;
      case 3:
        return `toscalar(${this.table(0)} | summarize ${random.pick(AGGREGATES)}(n))`;
      default:
        return `${random.pick(FUNCTIONS)}(${this.some(depth)})`;
    }
  }

  private some(depth: number): string {
    return this.random.many(0, 4, () => this.typed(this.random.pick([...'SNRTWBD']), Math.min(depth, 1))).join(', ');
  }

  private declaration(): string {
    const { random } = this;
    const name = random.pick(['f', 'x', 'Y', `['odd "name']`]);
    switch (random.below(4)) {
      case 0:
        return `let ${name} = ${this.filled('strcat("a", tostring($E))', 0)}`;
      case 1:
        return `let ${name} = ${this.table(1)}`;
      case 2:
        return 'let f = (Rows: (k: string)) { Rows | extend x = strlen(k) }';
      default:
        return `let ${name} = (a: ${random.pick(TYPES)}, c: string = "z") { strcat(tostring(a), c, ${quoted(random, random.pick(ODD_TEXTS))}) }`;
    }
  }

  private table(depth: number): string {
    const { random } = this;
    const parts = ['T', ...random.many(0, 2, () => this.operator(depth))];
    if (random.chance(2)) parts.push(this.filled(random.pick(ENDS), depth));
    return parts.join(' | ');
  }

  private operator(depth: number): string {
    return this.filled(this.random.pick(OPERATORS), depth);
  }
}
