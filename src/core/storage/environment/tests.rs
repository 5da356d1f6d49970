//! What wins over what, what is refused, and that no value is ever repeated.

use proptest::prelude::*;

use super::*;

fn with(settings: &Storage, variables: &[(&str, &str)]) -> Result<Access, Problem> {
    let env = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    match find(settings, &env)? {
        Found::Access(access) => Ok(access),
        Found::NoKeys(_, problem) => Err(problem),
    }
}

fn settings(provider: Provider, bucket: &str) -> Storage {
    Storage { provider, bucket: bucket.into(), ..Storage::default() }
}

#[test]
fn the_environment_goes_before_the_settings() {
    let saved = Storage { region: "eu-west-1".into(), prefix: "/studio/".into(), ..settings(Provider::S3, "saved") };
    let keys = [("AWS_S3_ACCESS_KEY", "id"), ("AWS_S3_SECRET_KEY", "secret-of-mine")];
    let found = with(&saved, &keys).unwrap();
    assert_eq!(
        (found.place.bucket.as_str(), found.place.region.as_str(), found.place.prefix.as_str()),
        ("saved", "eu-west-1", "studio")
    );
    assert_eq!(found.keys_from, "AWS_S3_ACCESS_KEY");
    let more = [&keys[..], &[("AWS_S3_BUCKET", "named"), ("AWS_REGION", "eu-north-1")]].concat();
    let found = with(&saved, &more).unwrap();
    assert_eq!((found.place.bucket.as_str(), found.place.region.as_str()), ("named", "eu-north-1"));
    // Another provider's bucket is not this one's.
    let azure = [("VIDEO_STORAGE_PROVIDER", "azure"), ("AZURE_CONNECTION_STRING", "AccountName=a;AccountKey=secret-of-mine")];
    assert!(with(&saved, &azure).unwrap_err().what.contains("No container is named"));
}

#[test]
fn each_provider_is_found_by_the_issues_variables_and_by_its_own() {
    for (variables, name, from) in [
        (
            &[
                ("VIDEO_STORAGE_PROVIDER", "s3"),
                ("AWS_S3_BUCKET", "b"),
                ("AWS_S3_ACCESS_KEY", "i"),
                ("AWS_S3_SECRET_KEY", "secret-of-mine"),
            ][..],
            "s3://b",
            "AWS_S3_ACCESS_KEY",
        ),
        (
            &[
                ("VIDEO_STORAGE_PROVIDER", "s3"),
                ("AWS_S3_BUCKET", "b"),
                ("AWS_ENDPOINT_URL", "http://127.0.0.1:9000/"),
                ("AWS_ACCESS_KEY_ID", "i"),
                ("AWS_SECRET_ACCESS_KEY", "secret-of-mine"),
                ("AWS_SESSION_TOKEN", "token-of-mine"),
            ][..],
            "s3://b@http://127.0.0.1:9000",
            "AWS_ACCESS_KEY_ID",
        ),
        (
            &[("VIDEO_STORAGE_PROVIDER", "gcs"), ("GCS_BUCKET", "b"), ("GCS_CREDENTIALS", "/keys/account.json")][..],
            "gs://b",
            "GCS_CREDENTIALS",
        ),
        (
            &[("VIDEO_STORAGE_PROVIDER", "gcs"), ("GCS_BUCKET", "b"), ("STORAGE_EMULATOR_HOST", "127.0.0.1:4443")][..],
            "gs://b@http://127.0.0.1:4443",
            "none needed",
        ),
        (
            &[
                ("VIDEO_STORAGE_PROVIDER", "azure_blob"),
                ("AZURE_CONTAINER", "c"),
                ("AZURE_CONNECTION_STRING", "AccountName=a;AccountKey=secret-of-mine"),
            ][..],
            "az://a/c",
            "AZURE_CONNECTION_STRING",
        ),
        (
            &[
                ("VIDEO_STORAGE_PROVIDER", "azure"),
                ("AZURE_CONTAINER", "c"),
                ("AZURE_STORAGE_ACCOUNT", "a"),
                ("AZURE_STORAGE_SAS_TOKEN", "?sv=1&sig=secret-of-mine"),
            ][..],
            "az://a/c",
            "AZURE_STORAGE_SAS_TOKEN",
        ),
        (
            &[("VIDEO_STORAGE_PROVIDER", "local"), ("ONETAKE_STORAGE_FOLDER", "/mnt/films/")][..],
            "file:///mnt/films/",
            "none needed",
        ),
    ] {
        let found = with(&Storage::default(), variables).unwrap_or_else(|problem| panic!("{variables:?}: {problem}"));
        assert_eq!((found.place.name().as_str(), found.keys_from), (name, from));
        let shown = format!("{found:?}{}", serde_json::to_string(&found.place).unwrap());
        assert!(!shown.contains("of-mine"), "{shown}");
        assert_eq!(found.keys.blank("no secret here"), "no secret here");
    }
}

#[test]
fn what_is_missing_is_named() {
    let s3 = settings(Provider::S3, "b");
    for (settings, variables, says) in [
        (&Storage::default(), &[("VIDEO_STORAGE_PROVIDER", "ftp")][..], "“ftp”, which is no storage"),
        (&Storage::default(), &[][..], "No folder is named"),
        (&s3, &[][..], "no keys for S3"),
        (&s3, &[("AWS_S3_ACCESS_KEY", "secret-of-mine")][..], "AWS_S3_ACCESS_KEY is set, but AWS_S3_SECRET_KEY is not"),
        (&s3, &[("AWS_SECRET_ACCESS_KEY", "secret-of-mine")][..], "AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not"),
        (&settings(Provider::Gcs, "b"), &[][..], "no keys for Google"),
        (&settings(Provider::Azure, "c"), &[][..], "No storage account"),
        (&settings(Provider::Azure, "c"), &[("AZURE_STORAGE_ACCOUNT", "a")][..], "no keys for Azure"),
        (
            &settings(Provider::Azure, "c"),
            &[("AZURE_STORAGE_ACCOUNT", "a"), ("AZURE_CLIENT_ID", "i"), ("AZURE_CLIENT_SECRET", "secret-of-mine")][..],
            "AZURE_TENANT_ID is not",
        ),
        (&settings(Provider::Azure, "c"), &[("AZURE_CONNECTION_STRING", "secret-of-mine")][..], "is not a connection string"),
    ] {
        let problem = with(settings, variables).unwrap_err();
        assert!(problem.what.contains(says), "{problem}");
        assert!(!problem.to_string().contains("secret-of-mine") && !problem.fix.is_empty(), "{problem}");
    }
}

proptest! {
    /// Whatever stands in the variables, there is a place or a sentence, and the secrets are in neither.
    #[test]
    fn nothing_panics_and_no_secret_shows(
        provider in prop::sample::select(vec!["s3", "gcs", "azure", "local", "nonsense"]),
        bucket in "\\PC{0,20}",
        endpoint in "\\PC{0,30}",
        secret in "[a-zA-Z0-9+/]{20,40}",
    ) {
        let connection = format!("AccountName=a;AccountKey={secret};BlobEndpoint={endpoint}");
        let variables = [
            ("VIDEO_STORAGE_PROVIDER", provider),
            ("AWS_S3_BUCKET", &bucket), ("GCS_BUCKET", &bucket), ("AZURE_CONTAINER", &bucket), ("ONETAKE_STORAGE_FOLDER", &bucket),
            ("AWS_ENDPOINT_URL", &endpoint), ("AWS_S3_ACCESS_KEY", "id"), ("AWS_S3_SECRET_KEY", &secret),
            ("GCS_CREDENTIALS", &secret), ("AZURE_CONNECTION_STRING", &connection),
        ];
        let found = with(&Storage::default(), &variables);
        // The path of a file is no secret.
        if provider != "gcs" {
            let shown = format!("{found:?}");
            prop_assert!(!shown.contains(&secret));
        }
    }
}
