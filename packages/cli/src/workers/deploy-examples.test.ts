import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { folderWith, vendo } from '../../test/vendo.ts'
import { settleMs } from './ends-within.ts'

const example = (name: string): string =>
  readFileSync(new URL(`../../../../examples/deploy/${name}`, import.meta.url), 'utf8')

/** The line of a file that starts the broker. */
const startOf = (name: string): string => /^(?:ExecStart|ENTRYPOINT).*$/m.exec(example(name))?.[0] ?? ''

const graceOf = (name: string): number => Number(/--grace\W+(\d+)/.exec(startOf(name))?.[1])

describe.each(['vendo-broker.service', 'Dockerfile'])('examples/deploy/%s', (name) => {
  it('uses options that there are', async () => {
    const { out } = await vendo(['broker', '--help'], { cwd: folderWith() })
    const used = example(name).match(
      /(?<=[\s"=])--(?:store|host|port|operator|outbox|workers|grace|metrics|otel)[a-z-]*/g,
    )
    expect(used?.length).toBeGreaterThan(4)
    expect(used?.filter((option) => !out.includes(`  ${option} `))).toEqual([])
  })
  it('gives the drain the time that it takes', () => {
    const seconds = Number(/(?:TimeoutStopSec=|--stop-timeout )(\d+)/.exec(example(name))?.[1])
    expect(seconds).toBeGreaterThan(graceOf(name) + settleMs / 1000)
  })
  it('names the vault key by its file, and holds no secret', () => {
    expect(example(name)).toMatch(/VENDO_VAULT_KEY_FILE=/)
    expect(example(name)).not.toMatch(/VENDO_VAULT_KEY=|PGPASSWORD=|vendo_(sk|mk)_|:\/\/[^\s/@]+:[^\s/@]+@/)
  })
})
