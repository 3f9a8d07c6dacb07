/// <reference types="@kusto/language-service-next" />
import { items, present } from '../syntax.js';

type Parameters = Kusto.Language.Syntax.SyntaxList$1<Kusto.Language.Syntax.NamedParameter> | null;

/** The text of a parameter such as `kind=inner`, in lower case; undefined where it is not given. */
export function parameter(parameters: Parameters, name: string): string | undefined {
  return rawParameter(parameters, name)?.toLowerCase();
}

/** The text of a parameter as written, without quotes. */
export function rawParameter(parameters: Parameters, name: string): string | undefined {
  const found = items(parameters).find((candidate) => candidate.Name?.SimpleName === name);
  if (!found) return undefined;
  const text = (present(found.Expression).ToString(0 as Kusto.Language.Syntax.IncludeTrivia) ?? '').trim();
  return text.replace(/^(['"])(.*)\1$/, '$2');
}
