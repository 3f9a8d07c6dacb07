/** Why names of the language are refused, where there is more to say than that nobody has written them yet. */
import { refusedAggregates } from './aggregates/index.js';

const REACHES_OUT = 'it would reach out to a service';
const RUNS_CODE = 'it would run code that the query brings along';
const OF_THE_CLUSTER = 'its answer is known to the cloud alone';
const HASHES = 'how it combines hashes is not documented';
const MODEL = 'its documentation leaves open how the result is computed';
const RANDOM = 'its answer differs from run to run';

const REASONS: ReadonlyMap<string, string> = new Map([
  ...refusedAggregates,
  ...because(RUNS_CODE, 'python r csharp'),
  ...because(
    REACHES_OUT,
    'ai_chat_completion ai_chat_completion_prompt ai_embed_text ai_embeddings azure_digital_twins_query_request ' +
      'cosmosdb_sql_request dax_request execute_query execute_show_command external_datatable external_table ' +
      'http_request http_request_post infer_storage_schema infer_storage_schema_with_suggestions mysql_request ' +
      'postgresql_request sql_request',
  ),
  ...because(
    OF_THE_CLUSTER,
    'cluster current_cluster_endpoint current_cursor current_database current_node_id current_principal ' +
      'current_principal_details current_principal_is_member_of cursor_after cursor_before_or_at cursor_current ' +
      'database entity_group estimate_data_size estimate_rows_count extent_id extentid extent_tags graph ' +
      'materialized_view row_id rowstore_ordinal_range stored_query_result',
  ),
  ...because(RANDOM, 'new_guid rand'),
  ...because(HASHES, 'hash_combine hash_many'),
  ...because(
    MODEL,
    'autocluster basket diffpatterns reduce series_decompose series_decompose_anomalies series_decompose_forecast ' +
      'series_outliers series_periods_detect series_periods_validate',
  ),
]);

function because(reason: string, names: string): (readonly [string, string])[] {
  return names.split(' ').map((name) => [name, reason] as const);
}

/** Why a name is refused, as the end of a sentence about it. */
export function reasonFor(name: string): string | undefined {
  return REASONS.get(name);
}

/** `: it would reach out to a service`, for the end of what is said of a refused name; empty where there is no more to say. */
export function andWhy(name: string): string {
  const reason = reasonFor(name);
  return reason === undefined ? '' : `: ${reason}`;
}
