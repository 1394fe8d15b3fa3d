import type { Role } from '../../../src/api/roles.ts';
import type { ConsoleStage } from './stage.ts';

type User = { name: string; role: Role; groups?: string; extension?: string };

/** What an administrator does on the page of administration. */
export function adminSteps(stage: ConsoleStage) {
  const said = (text: string | RegExp) => stage.page.getByText(text).first().waitFor();
  const press = async (name: string | RegExp) => {
    await stage.page.getByRole('button', { name, exact: true }).focus();
    await stage.page.keyboard.press('Enter');
  };
  const choose = async (name: string, body: string) => {
    const file = { name, mimeType: 'text/csv', buffer: Buffer.from(body, 'latin1') };
    await stage.page.getByLabel('File (CSV)').setInputFiles(file);
  };
  return {
    said,
    press,
    choose,
    part: async (name: string) => {
      await stage.page.getByRole('link', { name, exact: true }).focus();
      await stage.page.keyboard.press('Enter');
      await stage.page.getByRole('heading', { name, exact: true, level: 2 }).waitFor();
    },
    /** @returns the one-time password, as it is shown */
    addUser: async ({ extension = '', groups = '', name, role }: User) => {
      const { page } = stage;
      await page.getByLabel('Name').fill(name);
      await page.getByLabel('Role').selectOption(role);
      await page.getByLabel('Groups').fill(groups);
      await page.getByLabel('Extension').fill(extension);
      await page.keyboard.press('Enter');
      await said(`${name} is added.`);
      const secret = page.getByText(new RegExp(`^One-time password of ${name}: `)).locator('code');
      return (await secret.textContent()) ?? '';
    },
    /** Until `done` is on the page its clock is hurried, so that what it asks each second is asked while an import goes on. */
    hurry: async (done: string | RegExp) => {
      const { page } = stage;
      while ((await page.getByText(done).count()) === 0) await page.clock.runFor(1_000);
    },
    /** The actions of the audit that is shown, the oldest first. */
    actions: async () =>
      (await stage.page.locator('tbody tr td:nth-child(4)').allTextContents()).toReversed(),
  };
}
