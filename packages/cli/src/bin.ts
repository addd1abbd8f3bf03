import { runVendo } from './program.ts'

const { env, stdin, stdout, stderr } = process
process.exitCode = await runVendo(process.argv.slice(2), {
  env,
  cwd: process.cwd(),
  input: stdin,
  output: stdout,
  errors: stderr,
})
