import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

/** Where a mutant stands in its file, and what stands there instead. Lines and columns from 0. */
export interface Edit {
  fileName: string;
  location: { start: { line: number; column: number }; end: { line: number; column: number } };
  replacement: string;
}

/**
 * Asks the compiler what it says of one changed file: of the file itself, and of those that import it if what it
 * declares has changed. Checking the whole project for each mutant, as Stryker's own checker does, takes ten times
 * as long here, since nearly every file stands on `src/domain`.
 */
export function createCompiler(tsconfigFile: string) {
  const path = resolve(tsconfigFile);
  const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as { config?: object };
  const parsed = ts.parseJsonConfigFileContent(config, ts.sys, dirname(path));
  // What is declared is compared; noEmit would write none of it.
  const options: ts.CompilerOptions = {
    ...parsed.options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
  };
  let changed: { fileName: string; text: string; version: number } | null = null;
  let version = 0;
  const textOf = (file: string) =>
    file === changed?.fileName ? changed.text : (ts.sys.readFile(file) ?? undefined);
  const service = ts.createLanguageService(
    {
      getCompilationSettings: () => options,
      getCurrentDirectory: () => dirname(path),
      getDefaultLibFileName: (settings) => ts.getDefaultLibFilePath(settings),
      getScriptFileNames: () => parsed.fileNames,
      getScriptVersion: (file) => (file === changed?.fileName ? String(changed.version) : '0'),
      getScriptSnapshot: (file) => {
        const text = textOf(file);
        return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
      },
      fileExists: (file) => ts.sys.fileExists(file),
      readFile: textOf,
      readDirectory: (...args) => ts.sys.readDirectory(...args),
      directoryExists: (folder) => ts.sys.directoryExists(folder),
      getDirectories: (folder) => ts.sys.getDirectories(folder),
    },
    ts.createDocumentRegistry(),
  );
  const declared = new Map<string, string>();

  const faultOf = (file: string): string | null => {
    const [first] = [...service.getSyntacticDiagnostics(file), ...service.getSemanticDiagnostics(file)];
    return first === undefined ? null : ts.flattenDiagnosticMessageText(first.messageText, ' ');
  };
  const declarationOf = (file: string): string =>
    service
      .getEmitOutput(file, true, true)
      .outputFiles.map(({ text }) => text)
      .join('');
  const importersOf = (file: string): string[] => {
    const program = service.getProgram();
    const checker = program?.getTypeChecker();
    return (program?.getSourceFiles() ?? [])
      .filter(({ fileName }) => parsed.fileNames.includes(fileName))
      .filter(({ statements }) =>
        statements.some(
          (statement) =>
            (ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement)) &&
            statement.moduleSpecifier !== undefined &&
            checker
              ?.getSymbolAtLocation(statement.moduleSpecifier)
              ?.declarations?.some((declaration) => declaration.getSourceFile().fileName === file),
        ),
      )
      .map(({ fileName }) => fileName);
  };

  return {
    /** @returns the first complaint; null when there is none */
    complaint({ fileName, location, replacement }: Edit): string | null {
      const original = readFileSync(fileName, 'utf8');
      let before = declared.get(fileName);
      if (before === undefined) {
        changed = null;
        declared.set(fileName, (before = declarationOf(fileName)));
      }
      const source = ts.createSourceFile(fileName, original, ts.ScriptTarget.Latest);
      const offset = ({ line, column }: { line: number; column: number }) =>
        source.getPositionOfLineAndCharacter(line, column);
      const text =
        original.slice(0, offset(location.start)) + replacement + original.slice(offset(location.end));
      changed = { fileName, text, version: ++version };
      const fault = faultOf(fileName);
      if (fault !== null || declarationOf(fileName) === before) return fault;
      for (const file of importersOf(fileName)) {
        const other = faultOf(file);
        if (other !== null) return other;
      }
      return null;
    },
  };
}
