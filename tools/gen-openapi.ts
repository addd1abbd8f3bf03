import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ApiDependencies } from '../packages/broker/src/http/api-dependencies.ts'
import { createApi } from '../packages/broker/src/http/create-api.ts'
import { errorCodes } from '../packages/contract/src/error-code.ts'
import { envTable } from '../packages/integrations/env-table.gen.ts'

/** The document needs the routes and nothing behind them. */
const dependencies = {
  newId: (prefix: string) => `${prefix}_1`,
  publicUrl: () => 'http://127.0.0.1:8787',
} as ApiDependencies

/** Writes what clients in other languages are made from. */
const write = (name: string, document: unknown): void =>
  writeFileSync(join(import.meta.dirname, '../docs/reference', name), `${JSON.stringify(document, null, 2)}\n`)

const answer = await createApi(dependencies).request('/api/openapi.json')
if (!answer.ok) throw new Error(`the document was not made: ${await answer.text()}`)
write('openapi.json', await answer.json())
write('errors.json', errorCodes)
write('env-table.json', envTable)
