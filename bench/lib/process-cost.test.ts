import { describe, expect, it } from 'vitest'
import { parseCpuMicros, parseResidentBytes, readProcessCost } from './process-cost.ts'

const stat = (name: string) => `4711 (${name}) S 1 4711 4711 0 -1 4194304 100 0 0 0 250 50 7 9 20 0 11 0 12345 1000 200`

describe('parseCpuMicros', () => {
  it.each([
    ['user and system time, children aside', 'node'],
    ['a name with spaces and brackets', 'a) S 1 (b'],
  ])('reads %s', (_, name) => {
    expect(parseCpuMicros(stat(name))).toBe(3_000_000)
  })
})

describe('parseResidentBytes', () => {
  it('reads VmRSS', () => {
    expect(parseResidentBytes('Name:\tnode\nVmHWM:\t  900 kB\nVmRSS:\t  512 kB\nThreads:\t11\n')).toBe(524_288)
  })

  it('takes a process that has ended for one without memory', () => {
    expect(parseResidentBytes('Name:\tnode\nState:\tZ (zombie)\n')).toBe(0)
  })
})

describe.runIf(process.platform === 'linux')('readProcessCost', () => {
  it('counts what this process does', () => {
    const before = readProcessCost(process.pid)
    const until = performance.now() + 60
    while (performance.now() < until) Math.sqrt(until)
    const after = readProcessCost(process.pid)
    expect(after.cpuMicros).toBeGreaterThan(before.cpuMicros)
    expect(after.residentBytes).toBeGreaterThan(10_000_000)
  })
})
