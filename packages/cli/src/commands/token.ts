import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { openSdk } from '../env/inject-sdk.ts'
import { jsonText } from './management-options.ts'

/** `vendo token`: the credential that an app here would use. */
export const addToken = (program: Command, context: CliContext): void => {
  program
    .command('token')
    .description('print the token that an app here would use for an integration')
    .argument('<slug>', 'an integration, such as anthropic')
    .option('--json', 'with its address, source and expiry')
    .addHelpText(
      'after',
      '\nExample:\n  curl -H "Authorization: Bearer $(vendo token notion)" https://api.notion.com/v1/users/me',
    )
    .action(async (slug: string, { json }: { readonly json?: true }) => {
      const { token, baseURL, source, expiresAt } = await (await openSdk(context)).resolve(slug)
      if (json === true) {
        const expires = expiresAt === undefined ? null : expiresAt
        context.output.write(jsonText({ token, base_url: baseURL ?? null, source, expires_at: expires }))
        return
      }
      context.output.write(`${token}\n`)
      if (baseURL !== undefined) context.errors.write(`vendo: it works at ${baseURL}\n`)
    })
}
