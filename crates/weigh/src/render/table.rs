//! Plain tables for a terminal: columns as wide as their widest cell.

/// Rows of cells; the first column is flush left.
#[derive(Default)]
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
    /// Whether the other columns are flush left, too: they hold words, not numbers.
    words: bool,
}

impl Table {
    /// A table of words: all columns are flush left.
    pub(crate) fn flush_left() -> Self {
        Self {
            rows: Vec::new(),
            words: true,
        }
    }

    /// Adds a row; rows may differ in length.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// The table as lines, each behind `indent`.
    pub(crate) fn text(&self, indent: &str) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
                .unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::from(indent);
            for (column, cell) in row.iter().enumerate() {
                let pad = " ".repeat(widths[column] - cell.chars().count());
                match column {
                    0 => line.extend([cell.as_str(), &pad]),
                    _ if self.words => line.extend(["  ", cell, &pad]),
                    _ => line.extend(["  ", &pad, cell]),
                }
            }
            out.push_str(line.trim_end());
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up() {
        let mut table = Table::default();
        table.row(["".into(), "deaths".into(), "trade".into()]);
        table.row(["Status quo".into(), "5".into(), "12".into()]);
        table.row(["Más".into(), "100".into()]);
        let expected = "  .           deaths  trade\n  Status quo       5     12\n  Más            100\n";
        assert_eq!(table.text("  ").replacen("   ", "  .", 1), expected);
    }
}
