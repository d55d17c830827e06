//! Real-Debrid as a program.
