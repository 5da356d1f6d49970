//! Azure's connection string: `Name=value;Name=value`, as its portal gives it out. Source: Microsoft Learn, “Configure Azure Storage
//! connection strings”.

use super::Secret;
use crate::core::problem::Problem;

/// The account that every emulator has, with its well-known key.
pub(super) const EMULATOR_ACCOUNT: &str = "devstoreaccount1";
const EMULATOR_KEY: &str = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const EMULATOR_ENDPOINT: &str = "http://127.0.0.1:10000/devstoreaccount1";

/// What a connection string says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Connection {
    pub account: String,
    pub key: Option<Secret>,
    /// The query of a shared access signature.
    pub sas: Option<Secret>,
    /// Empty for the account's own address.
    pub endpoint: String,
}

/// Reads one. The text itself never shows in the problem.
pub(super) fn read(text: &str, variable: &str) -> Result<Connection, Problem> {
    let mut found = Connection::default();
    let (mut protocol, mut suffix) = ("https".to_owned(), String::new());
    for part in text.trim().split(';').filter(|part| !part.trim().is_empty()) {
        // Keys end in “=”, so only the first one parts name and value.
        let Some((name, value)) = part.trim().split_once('=') else { return Err(unreadable(variable)) };
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "accountname" => found.account = value.to_owned(),
            "accountkey" => found.key = Some(Secret::new(value)),
            "sharedaccesssignature" => found.sas = Some(Secret::new(value.trim_start_matches('?'))),
            "blobendpoint" => found.endpoint = value.trim_end_matches('/').to_owned(),
            "defaultendpointsprotocol" => protocol = value.to_ascii_lowercase(),
            "endpointsuffix" => suffix = value.to_owned(),
            "usedevelopmentstorage" if value.eq_ignore_ascii_case("true") => {
                found.account = EMULATOR_ACCOUNT.to_owned();
                found.key = Some(Secret::new(EMULATOR_KEY));
                found.endpoint = EMULATOR_ENDPOINT.to_owned();
            }
            // Addresses of queues, tables and files.
            _ => {}
        }
    }
    let usual = suffix.is_empty() || suffix == "core.windows.net";
    if found.endpoint.is_empty() && !(usual && protocol == "https") && !found.account.is_empty() {
        let suffix = if suffix.is_empty() { "core.windows.net" } else { &suffix };
        found.endpoint = format!("{protocol}://{}.blob.{suffix}", found.account);
    }
    if found.account.is_empty() {
        found.account = account_of(&found.endpoint);
    }
    if found.account.is_empty() || (found.key.is_none() && found.sas.is_none()) {
        return Err(unreadable(variable));
    }
    Ok(found)
}

/// `https://NAME.blob.core.windows.net`.
fn account_of(endpoint: &str) -> String {
    let host = endpoint.split_once("://").map_or("", |(_, rest)| rest);
    host.split_once(".blob.").map_or_else(String::new, |(account, _)| account.to_owned())
}

fn unreadable(variable: &str) -> Problem {
    Problem::usage(
        format!("{variable} is not a connection string of Azure."),
        "Copy it again from the storage account's page “Access keys”; it has AccountName= and AccountKey=.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connection_strings_are_read() {
        let usual = "DefaultEndpointsProtocol=https;AccountName=films;AccountKey=abc==;EndpointSuffix=core.windows.net";
        let found = read(usual, "X").unwrap();
        assert_eq!((found.account.as_str(), found.endpoint.as_str()), ("films", ""));
        assert_eq!(found.key, Some(Secret::new("abc==")));
        let own = read("AccountName=films;AccountKey=abc;BlobEndpoint=http://127.0.0.1:10000/films/;", "X").unwrap();
        assert_eq!(own.endpoint, "http://127.0.0.1:10000/films");
        let china = read("AccountName=films;AccountKey=abc;EndpointSuffix=core.chinacloudapi.cn", "X").unwrap();
        assert_eq!(china.endpoint, "https://films.blob.core.chinacloudapi.cn");
        let shared = "BlobEndpoint=https://films.blob.core.windows.net;SharedAccessSignature=?sv=2024&sig=x%3D";
        let shared = read(shared, "X").unwrap();
        assert_eq!((shared.account.as_str(), shared.sas), ("films", Some(Secret::new("sv=2024&sig=x%3D"))));
        assert_eq!(read("UseDevelopmentStorage=true", "X").unwrap().endpoint, EMULATOR_ENDPOINT);
    }

    #[test]
    fn what_is_none_is_said_without_repeating_it() {
        for bad in ["", "hunter2", "AccountName=films", "AccountKey=hunter2", "a=b;hunter2"] {
            let problem = read(bad, "AZURE_CONNECTION_STRING").unwrap_err();
            assert!(problem.what.starts_with("AZURE_CONNECTION_STRING is not") && !problem.to_string().contains("hunter2"));
        }
    }
}
