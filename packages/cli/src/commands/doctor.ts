import type { Command } from 'commander'
import type { CliContext } from '../context.ts'
import { type Examination, examine } from '../doctor/examine.ts'
import { formatTable } from '../terminal/format-table.ts'
import { type Paint, paintFor } from '../terminal/paint.ts'
import { jsonText } from './management-options.ts'

/** `vendo doctor`: what would happen here, for each integration, and why. */
export const addDoctor = (program: Command, context: CliContext): void => {
  program
    .command('doctor')
    .description('say what would happen here for each integration, and why; exit code 1 when something is wrong')
    .option('--json', 'JSON for machines')
    .addHelpText('after', '\nExample:\n  vendo doctor')
    .action((options: { readonly json?: true }) => printDiagnosis(context, options))
}

const printDiagnosis = async (context: CliContext, { json }: { readonly json?: true }): Promise<void> => {
  const examination = await examine(context)
  if (examination.problems.length > 0) context.exit(1)
  context.output.write(
    json === true ? jsonText(examination) : examinationText(examination, paintFor(context, context.output)),
  )
}

const examinationText = ({ facts, integrations, problems }: Examination, paint: Paint): string => {
  const { bold, dim, green, red } = paint
  const factTable = formatTable(
    [{ title: bold('here') }, { title: '' }],
    facts.map(({ name, finding }) => [name, finding]),
  )
  const columns = ['integration', 'what happens', 'why'].map((title) => ({ title: bold(title) }))
  const rows = integrations.map(({ slug, outcome, reason }) => [slug, outcome, dim(reason)])
  const verdict =
    problems.length === 0
      ? green('Nothing is wrong.\n')
      : problems.map((problem) => `${red('problem:')} ${problem}\n`).join('')
  return `${factTable}\n${formatTable(columns, rows)}\n${verdict}`
}
