#!/usr/bin/env node
import { demoCommand } from './command.js';

process.exitCode = await demoCommand(process.argv.slice(2), process.stdout, process.stderr);
