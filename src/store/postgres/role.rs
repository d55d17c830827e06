//! The role that everything is done in where the role of the address could look past the policies.

use super::{ANSWER_WITHIN, in_time, migrating::begin_alone};
use crate::store::tables::every_table;
use sqlx::{AssertSqlSafe, PgPool};

/// Its name.
pub(super) const ROLE: &str = "dmm_application";

/// Makes it, lets it do what is done, and tries it on.
pub(super) async fn settle(pool: &PgPool, schema: &str) -> Result<(), sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let mut guard = begin_alone(&mut connection).await?;
    let tables = every_table().map(|table| format!("'{table}'")).collect::<Vec<_>>().join(", ");
    let schema = schema.replace('\'', "''");
    // Roles belong to all databases of a server, so another one's DMM may have made it, even at the same moment. Who makes a
    // role may grant it, but from version 16 on not put it on before that was done. Other programs' tables are not ours to
    // grant.
    let grants = format!(
        "do $settle$ declare thing text; begin
             if to_regrole('{ROLE}') is null then
                 begin
                     create role {ROLE} nologin nosuperuser nobypassrls;
                 exception when duplicate_object or unique_violation then null;
                 end;
             end if;
             if not pg_has_role(current_user, '{ROLE}',
                 case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end) then
                 execute format('grant {ROLE} to %I', current_user);
             end if;
             execute format('grant usage on schema %I to {ROLE}', '{schema}');
             for thing in select format('%I.%I', schemaname, tablename) from pg_tables
                 where schemaname = '{schema}' and tablename in ({tables}) loop
                 execute format('grant select, insert, update, delete on %s to {ROLE}', thing);
             end loop;
             for thing in select format('%I.%I', schemaname, sequencename) from pg_sequences
                 where schemaname = '{schema}' and regexp_replace(sequencename, '_id_seq$', '') in ({tables}) loop
                 execute format('grant usage on sequence %s to {ROLE}', thing);
             end loop;
         end $settle$; set local role {ROLE}"
    );
    in_time(ANSWER_WITHIN, sqlx::raw_sql(AssertSqlSafe(grants)).execute(&mut *guard)).await?;
    in_time(ANSWER_WITHIN, guard.commit()).await
}
