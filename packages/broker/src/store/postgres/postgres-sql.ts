import type { Sql } from '../sql.ts'
import type { Connection } from './connection.ts'
import { translatePostgresError } from './postgres-error.ts'

/** The common `Sql` over one Postgres connection. */
export const createPostgresSql = (connection: Connection): Sql => {
  const query: Connection['query'] = async (text, params) => {
    try {
      return await connection.query(text, params)
    } catch (error) {
      throw translatePostgresError(error)
    }
  }
  return {
    all: async (text, params) => (await query(text, params)).rows,
    run: async (text, params) => (await query(text, params)).changed,
  }
}
