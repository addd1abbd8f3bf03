import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { app, folderWith, spawnVendo, startAnthropic, vendo } from './vendo.ts'

/** Prints the variables of its environment as JSON. */
const printEnv = 'process.stdout.write(JSON.stringify(process.env))'

/** The command lines of every process; from /proc where there is one, because slim machines have no `ps`. */
const listProcesses = (): string => {
  if (!existsSync('/proc/self/cmdline')) return execFileSync('ps', ['-axo', 'args'], { encoding: 'utf8' })
  const lines = readdirSync('/proc').map((entry) => {
    try {
      return readFileSync(`/proc/${Number(entry)}/cmdline`, 'utf8').replaceAll('\0', ' ')
    } catch {
      // Not a process, or one that has just ended.
      return ''
    }
  })
  return lines.join('\n')
}

describe('vendo run: the command', () => {
  it('keeps its stdout and its exit code, and has its bill on stderr', async () => {
    const { env } = await startAnthropic()
    const cwd = folderWith({ 'app.mjs': `${app}; process.exitCode = 3` })
    const { code, out, err } = await spawnVendo(['run', '--', process.execPath, 'app.mjs'], { cwd, env }).ended
    expect(out).toBe('status 200 null\n')
    expect(code).toBe(3)
    expect(err).toMatch(/total of 1 call +\$0\.00125\n/)
  })

  it('gives 128 + n when a signal ended it', async () => {
    const { env } = await startAnthropic()
    const kill = ['run', process.execPath, '-e', 'process.kill(process.pid, "SIGTERM"); setInterval(() => {}, 1000)']
    expect((await spawnVendo(kill, { cwd: folderWith(), env }).ended).code).toBe(143)
  })

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('gets %s, may take its time, and is billed', async (signal) => {
    const { env } = await startAnthropic()
    const handler = `process.on('${signal}', () => { console.log('cleaning up'); process.exit(7) })`
    const cwd = folderWith({ 'app.mjs': `${app}; ${handler}; setInterval(() => {}, 1000); console.log('ready')` })
    const { child, shows, ended } = spawnVendo(['run', process.execPath, 'app.mjs'], { cwd, env })
    await shows('ready')
    child.kill(signal)
    const { code, out, err } = await ended
    expect(out).toContain('cleaning up')
    expect(code).toBe(7)
    expect(err).toContain('total of 1 call')
  })

  it('is not found: exit code 127, said in one line', async () => {
    const { env } = await startAnthropic()
    const { code, err } = await spawnVendo(['run', 'no-such-command'], { cwd: folderWith(), env }).ended
    expect(code).toBe(127)
    expect(err).toMatch(/^vendo: There is no command "no-such-command"\.[^\n]*\n$/)
  })

  it('passes its own flags through', async () => {
    const { env } = await startAnthropic()
    const words = ['run', process.execPath, '-p', '"flags " + process.argv.slice(1)', '--', '--budget', '-x']
    expect((await spawnVendo(words, { cwd: folderWith(), env }).ended).out).toBe('flags --budget,-x\n')
  })
})

describe('vendo run: the environment', () => {
  it('is what Vendo injects, then the real one, then .env, without the keys of bound integrations', async () => {
    const { env } = await startAnthropic()
    const dotenv = 'ANTHROPIC_API_KEY=test-dotenv-key\nONLY_FILE=file\nBOTH=file\n'
    const own = { ...env, BOTH: 'real', VENDO_MANAGEMENT_KEY: 'vendo_mk_fake' }
    const { out } = await spawnVendo(['run', process.execPath, '-e', printEnv], {
      cwd: folderWith({ '.env': dotenv }),
      env: own,
    }).ended
    const seen = JSON.parse(out) as Record<string, string>
    expect(seen).toMatchObject({ ONLY_FILE: 'file', BOTH: 'real', VENDO_INJECTED: 'ANTHROPIC_API_KEY' })
    expect(seen['ANTHROPIC_API_KEY']).toMatch(/^vendo_sk_/)
    expect(seen['ANTHROPIC_BASE_URL']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/anthropic\/v1$/)
    expect(seen['VENDO_MANAGEMENT_KEY']).toBeUndefined()
    expect(out).not.toMatch(/test-(upstream|dotenv)-key/)
  })

  it('has no other variable that carries a replaced key, and says which, by name', async () => {
    const { env } = await startAnthropic()
    const aliases = { CLAUDE_API_KEY: 'test-second-key', LLM_HEADERS: 'x-api-key: test-upstream-key', KEEP: 'kept' }
    const { out, err } = await spawnVendo(['run', process.execPath, '-e', printEnv], {
      cwd: folderWith({ '.env': 'anthropic_api_key=test-upstream-key\n' }),
      env: { ...env, ...aliases },
    }).ended
    expect(JSON.parse(out)).toMatchObject({ KEEP: 'kept', anthropic_api_key: '' })
    expect(out + err).not.toMatch(/test-(upstream|second)-key/)
    expect(err).toContain('vendo: CLAUDE_API_KEY, LLM_HEADERS, anthropic_api_key withheld from the command')
  })

  it('has a key from .env replaced, too', async () => {
    const { origin } = await startAnthropic()
    const dotenv = `ANTHROPIC_API_KEY=test-upstream-key\nANTHROPIC_BASE_URL=${origin}/v1\n`
    const cwd = folderWith({ '.env': dotenv, 'app.mjs': app })
    const { out, err } = await spawnVendo(['run', process.execPath, 'app.mjs'], { cwd }).ended
    expect(out).toBe('status 200 null\n')
    expect(err).toContain('$0.00125')
  })
})

describe('vendo run: the broker', () => {
  it('refuses what the budget does not cover, before it is sent', async () => {
    const { env, requests } = await startAnthropic()
    const cwd = folderWith({ 'app.mjs': app })
    const words = ['run', '--budget', '0.001', '--json', '--', process.execPath, 'app.mjs']
    const { out, err } = await spawnVendo(words, { cwd, env }).ended
    expect(out).toBe('status 429 spend_cap_total\n')
    expect(requests).toHaveLength(0)
    expect(JSON.parse(err)).toMatchObject({ exit_code: 0, budget_usd: '0.001', total_nanos: '0', calls: [] })
  })

  it('keeps keys that escape the budget from the command', async () => {
    const { env } = await startAnthropic()
    const words = ['run', '--budget', '1', process.execPath, '-e', printEnv]
    const place = { cwd: folderWith(), env: { ...env, ELEVENLABS_API_KEY: 'test-elevenlabs-key' } }
    const { out, err } = await spawnVendo(words, place).ended
    expect(out).not.toContain('test-elevenlabs-key')
    expect(err).toContain('ELEVENLABS_API_KEY withheld')
  })

  it('leaves nothing behind: no process that listens, no file', async () => {
    const { env } = await startAnthropic()
    const cwd = folderWith()
    const { out } = await spawnVendo(['run', process.execPath, '-e', printEnv], { cwd, env }).ended
    const { VENDO_BASE_URL: url = '' } = JSON.parse(out) as Record<string, string>
    await expect(fetch(`${url}/healthz`)).rejects.toThrow()
    expect(readdirSync(cwd)).toEqual(['.git'])
  })

  it('shows no secret in the process list', async () => {
    const { env } = await startAnthropic()
    const script = 'console.log("ready"); setInterval(() => {}, 1000); process.on("SIGTERM", () => process.exit(0))'
    const { child, shows, ended } = spawnVendo(['run', process.execPath, '-e', script], { cwd: folderWith(), env })
    await shows('ready')
    const list = listProcesses()
    child.kill('SIGTERM')
    await ended
    expect(list).toContain('console.log("ready")')
    expect(list).not.toMatch(/test-upstream-key|vendo_[sm]k_[0-9A-Za-z]{38}/)
  })

  it('simulates without a key, loudly; --live fails instead', async () => {
    const cwd = folderWith({ 'app.mjs': app })
    const { code, out, err } = await spawnVendo(['run', process.execPath, 'app.mjs'], { cwd }).ended
    expect([code, out]).toEqual([0, 'status 200 null\n'])
    expect(err).toContain('SIMULATED')
    const live = await vendo(['run', '--live', process.execPath, 'app.mjs'], { cwd })
    expect(live.code).toBe(1)
    expect(live.err).toMatch(/^vendo: No provider key was found[^\n]*ANTHROPIC_API_KEY[^\n]*\n$/)
  })

  it('refuses a base URL whose path it would lose', async () => {
    const env = { ANTHROPIC_API_KEY: 'test-upstream-key', ANTHROPIC_BASE_URL: 'https://gateway.example.com/claude/v1' }
    const { code, err } = await vendo(['run', 'true'], { cwd: folderWith(), env })
    expect(code).toBe(1)
    expect(err).toContain('ANTHROPIC_BASE_URL has the path /claude/v1')
  })
})
