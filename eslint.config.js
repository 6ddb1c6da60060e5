// @ts-check
import js from '@eslint/js';
import vitest from '@vitest/eslint-plugin';
import prettier from 'eslint-config-prettier/flat';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const SPECS = ['**/*.{spec,int-spec,e2e-spec,hard-spec}.ts'];
const MAKES_TESTS = [...SPECS, '**/testing/**/*.ts'];
const UNBLANK = { skipBlankLines: true, skipComments: true };

/** Every global of the running Node, for files that TypeScript does not check. */
const nodeGlobals = Object.fromEntries(Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']));

export default defineConfig(
  globalIgnores(['**/node_modules/', 'dist/', 'coverage/', '.annals/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error', reportUnusedInlineConfigs: 'error' } },
  js.configs.recommended,
  {
    name: 'house/size and plainness',
    rules: {
      // One concept per file; these are the 90th percentiles of the codebases the house style learns from.
      'max-lines': ['error', { max: 250, ...UNBLANK }],
      'max-lines-per-function': ['error', { max: 50, ...UNBLANK }],
      eqeqeq: 'error',
      'no-var': 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      'prefer-template': 'error',
    },
  },
  {
    name: 'house/plain JavaScript',
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: nodeGlobals },
  },
  {
    name: 'house/typed',
    files: ['**/*.ts', 'tools/**/*.js'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // TypeScript itself knows what is defined.
      'no-undef': 'off',
      // Nest's dependency injection reads parameter types at run time: the rule keeps those imports as values.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // Nest's modules are classes that carry nothing but their decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidOperator: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', destructuredArrayIgnorePattern: '^_' },
      ],
      // Numbers read well in messages; what is undefined, null, an object or any does not.
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        {
          allowNumber: true,
          allowAny: false,
          allowBoolean: false,
          allowNever: false,
          allowNullish: false,
          allowRegExp: false,
        },
      ],
      '@typescript-eslint/dot-notation': ['error', { allowIndexSignaturePropertyAccess: true }],
      // An engine that needs no await still answers with promises, and async turns what it throws into rejections.
      '@typescript-eslint/require-await': 'off',
      // It asks for `!`, which the house forbids.
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      // It fires on the option classes of Nest and TypeORM, which are made to be given as object literals.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
    },
  },
  {
    name: 'house/tools',
    files: ['tools/**/*.js'],
    rules: {
      // ESLint does not see the casts and signatures of JSDoc; the strict check of TypeScript does.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    name: 'house/libraries',
    files: ['libs/**/*.ts'],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'A front door is an explicit list: name what it exports.' },
      ],
    },
  },
  {
    name: 'house/tests',
    files: MAKES_TESTS,
    extends: [vitest.configs.recommended],
    rules: {
      'vitest/expect-expect': ['error', { assertFunctionNames: ['expect*', 'fc.assert', 'check*', 'given.**'] }],
      'vitest/no-disabled-tests': 'error',
      // A property tells its cases apart; that each of them comes up is asserted beside it.
      'vitest/no-conditional-expect': 'off',
      'vitest/valid-title': [
        'error',
        {
          allowArguments: true,
          mustNotMatch: { it: ['\\bshould\\b', 'A test name states what is, without "should".'] },
        },
      ],
      'vitest/no-restricted-vi-methods': [
        'error',
        { mock: 'Inject instead.', doMock: 'Inject instead.', hoisted: 'Inject instead.' },
      ],
    },
  },
  {
    name: 'house/tests may be long and loosely typed',
    files: [...SPECS, '**/testing/*-contract.ts', 'test/**/*.ts'],
    rules: {
      // A describe block is one function, and so is a contract's.
      'max-lines-per-function': 'off',
      // expect.any() and its kin are of type any.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
    },
  },
  {
    name: 'house/suites',
    files: [...SPECS, '**/testing/**/*-contract.ts'],
    rules: {
      // A describe block is one function.
      'max-lines-per-function': 'off',
    },
  },
  prettier,
);
