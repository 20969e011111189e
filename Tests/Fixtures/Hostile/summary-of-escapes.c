/* SPDX-License-Identifier: Apache-2.0 */

#define SUMMARY "\033[2J\033]0;owned\007 a coin\nready  org.example.other"

#include "plugin.h"
